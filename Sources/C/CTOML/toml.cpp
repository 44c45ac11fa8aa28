#include "CTOML.h"

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

// The parser asserts what text from outside can break, such as "[[[": a fault of the text, not an
// end of the program. Without NDEBUG no assumption is built on it.
#undef NDEBUG
#define TOML_ASSERT(expr) ((expr) ? void(0) : throw std::logic_error("not TOML"))
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace {

void write_text(std::string &out, std::string_view text) {
    static const char digits[] = "0123456789abcdef";
    out += '"';
    for (unsigned char byte : text) {
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += static_cast<char>(byte);
        } else if (byte < 0x20) {
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += static_cast<char>(byte);
        }
    }
    out += '"';
}

void write_place(std::string &out, const toml::source_position &place) {
    out += '[' + std::to_string(place.line) + ',' + std::to_string(place.column) + ']';
}

void write_node(std::string &out, const toml::node &node, const toml::source_position &key) {
    out += "{\"key\":";
    write_place(out, key);
    out += ",\"at\":";
    write_place(out, node.source().begin);
    bool is_first = true;
    if (const toml::table *table = node.as_table()) {
        out += ",\"table\":{";
        for (const auto &[name, value] : *table) {
            if (!is_first) out += ',';
            is_first = false;
            write_text(out, name.str());
            out += ':';
            write_node(out, value, name.source().begin);
        }
        out += '}';
    } else if (const toml::array *array = node.as_array()) {
        out += ",\"array\":[";
        for (const toml::node &element : *array) {
            if (!is_first) out += ',';
            is_first = false;
            write_node(out, element, element.source().begin);
        }
        out += ']';
    } else if (const auto *text = node.as_string()) {
        out += ",\"text\":";
        write_text(out, text->get());
    } else if (const auto *integer = node.as_integer()) {
        out += ",\"integer\":" + std::to_string(integer->get());
    } else if (const auto *boolean = node.as_boolean()) {
        out += boolean->get() ? ",\"boolean\":true" : ",\"boolean\":false";
    } else {
        out += ",\"other\":true";
    }
    out += '}';
}

void set_reason(ctoml_outcome &outcome, std::string_view reason) {
    const size_t length = std::min(reason.size(), sizeof outcome.reason - 1);
    std::memcpy(outcome.reason, reason.data(), length);
    outcome.reason[length] = 0;
}

}  // namespace

// No exception may cross into Swift, so everything is caught here.
extern "C" ctoml_outcome ctoml_read(const char *text, size_t length) {
    ctoml_outcome outcome = {};
    try {
        const toml::table table = toml::parse(std::string_view(text, length));
        std::string out;
        write_node(out, table, toml::source_position{1, 1});
        outcome.json = static_cast<char *>(std::malloc(out.size() + 1));
        if (outcome.json != nullptr) {
            std::memcpy(outcome.json, out.data(), out.size());
            outcome.json_length = out.size();
        } else {
            set_reason(outcome, "out of memory");
        }
    } catch (const toml::parse_error &error) {
        outcome.line = error.source().begin.line;
        outcome.column = error.source().begin.column;
        set_reason(outcome, error.description());
    } catch (...) {
        set_reason(outcome, "the file cannot be read");
    }
    return outcome;
}

extern "C" void ctoml_free(ctoml_outcome *outcome) {
    std::free(outcome->json);
    outcome->json = nullptr;
}
