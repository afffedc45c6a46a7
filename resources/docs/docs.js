// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Shows the engine's own document and nothing from elsewhere: no address is taken from the page's query, no validator
// is asked, and what was typed into "Authorize" is gone with the page.
window.addEventListener("DOMContentLoaded", () => {
  window.postroomDocs = SwaggerUIBundle({
    url: new URL("openapi.json", document.baseURI).href,
    dom_id: "#api",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    persistAuthorization: false,
    queryConfigEnabled: false,
    syntaxHighlight: { activated: true, theme: "agate" },
    tryItOutEnabled: false,
    validatorUrl: null,
  });
});
