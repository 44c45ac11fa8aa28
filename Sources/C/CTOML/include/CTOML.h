#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What became of a TOML text: JSON, or the place and reason of its first fault.
typedef struct {
    /// JSON text with its length, NULL for a fault; owned by the caller until `ctoml_free`.
    char *json;
    size_t json_length;
    /// From 1; both 0 when the fault has no place.
    unsigned line;
    unsigned column;
    /// One line, ended by NUL.
    char reason[200];
} ctoml_outcome;

/// Reads `length` bytes of TOML. Every value becomes an object: `key` and `at` hold line and column
/// of its name and of itself, and one of `table`, `array`, `text`, `integer`, `boolean`, `other`
/// (`other` is true for numbers with a fraction, dates and times).
ctoml_outcome ctoml_read(const char *text, size_t length);

/// Frees the JSON of `outcome`.
void ctoml_free(ctoml_outcome *outcome);

#ifdef __cplusplus
}
#endif
