// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// The main of a fuzz target where there is no libFuzzer: feeds it every file of the folders named, in a fixed order.
//
// Each input is copied into an allocation of exactly its size, so that a sanitizer sees a read past its end.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size_bytes);

int main(int count, char** arguments) {
    std::vector<std::filesystem::path> inputs;
    for (int i = 1; i < count; ++i) {
        std::error_code failed;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i], failed)) {
            if (entry.is_regular_file()) inputs.push_back(entry.path());
        }
        if (failed) {
            std::fprintf(stderr, "%s: %s\n", arguments[i], failed.message().c_str());
            return 2;
        }
    }
    std::sort(inputs.begin(), inputs.end());
    const std::uint8_t nothing = 0;
    LLVMFuzzerTestOneInput(&nothing, 0);
    for (const auto& path : inputs) {
        std::ifstream file{path, std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        if (!file.is_open()) {
            std::fprintf(stderr, "%s: can't be read\n", path.c_str());
            return 2;
        }
        const auto exact = std::make_unique<std::uint8_t[]>(text.size());
        if (!text.empty()) std::memcpy(exact.get(), text.data(), text.size());
        // Before the call: an abort inside must leave the name of what caused it.
        std::fprintf(stderr, "%s (%zu bytes)\n", path.filename().c_str(), text.size());
        LLVMFuzzerTestOneInput(exact.get(), text.size());
    }
    std::printf("%zu inputs replayed\n", inputs.size());
    return inputs.empty() ? 1 : 0;
}
