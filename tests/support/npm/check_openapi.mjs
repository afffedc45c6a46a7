// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// usage: node check_openapi.mjs NODE_MODULES DOCUMENT.json
//
// Holds an OpenAPI document against the specification's own schema, then each of its examples against the schema it
// stands beside. Prints a line a finding and exits 1 if there is any, else the numbers of what was looked at.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const modules = resolve(process.argv[2]);
const require = createRequire(pathToFileURL(modules + "/"));
const { Validator } = await import(pathToFileURL(modules + "/@seriousme/openapi-schema-validator/index.js"));
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const document = JSON.parse(readFileSync(process.argv[3], "utf8"));
const findings = [];

const validator = new Validator();
const checked = await validator.validate(structuredClone(document));
if (!checked.valid) findings.push("not OpenAPI: " + JSON.stringify(checked.errors, null, 1));
if (validator.version !== "3.1") findings.push("the validator took it for version " + validator.version);

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, "openapi.json");
const resolved = (value) =>
  value.$ref ? value.$ref.slice(2).split("/").reduce((at, part) => at[part.replaceAll("~1", "/")], document) : value;
// A pointer below the document, so that references within keep their meaning.
const pointer = (path) => "openapi.json#/" + path.map((part) => encodeURIComponent(String(part).replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");

let schemas = 0;
let examples = 0;
function hold(path, value, title) {
  examples += 1;
  const fits = ajv.getSchema(pointer(path));
  if (!fits(value)) findings.push(title + ": " + ajv.errorsText(fits.errors));
}
function media(path, holder, title) {
  for (const [type, content] of Object.entries(holder.content ?? {})) {
    const at = [...path, "content", type];
    if (!content.schema) continue;
    schemas += 1;
    ajv.getSchema(pointer([...at, "schema"]));
    if ("example" in content) hold([...at, "schema"], content.example, title);
    for (const [name, example] of Object.entries(content.examples ?? {})) hold([...at, "schema"], example.value, title + " " + name);
  }
}

const names = new Set();
for (const [path, item] of Object.entries(document.paths))
  for (const [method, operation] of Object.entries(item)) {
    const title = method.toUpperCase() + " " + path;
    if (names.has(operation.operationId)) findings.push(title + ": its operationId is another's");
    names.add(operation.operationId);
    if (operation.requestBody) media(["paths", path, method, "requestBody"], operation.requestBody, title);
    for (const [status, response] of Object.entries(operation.responses)) {
      if (!response.$ref) media(["paths", path, method, "responses", status], response, title + " " + status);
      resolved(response);
    }
  }
for (const [name, response] of Object.entries(document.components.responses)) media(["components", "responses", name], response, name);
for (const [name, schema] of Object.entries(document.components.schemas)) {
  schemas += 1;
  ajv.getSchema(pointer(["components", "schemas", name]));
  for (const [property, described] of Object.entries(schema.properties ?? {}))
    for (const example of described.examples ?? []) hold(["components", "schemas", name, "properties", property], example, name + "." + property);
}

for (const finding of findings) console.log(finding);
console.log(`${names.size} routes, ${schemas} schemas, ${examples} examples, ${findings.length} findings`);
process.exit(findings.length ? 1 : 0);
