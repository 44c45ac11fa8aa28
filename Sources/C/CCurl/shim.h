#pragma once
#include <curl/curl.h>

// Swift cannot call this one: curl_easy_setopt is variadic, and a macro.
static inline CURLcode renkei_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

// Swift cannot call this one: curl_easy_setopt is variadic, and a macro.
static inline CURLcode renkei_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

// Swift cannot call this one: curl_easy_setopt is variadic, and a macro.
static inline CURLcode renkei_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

// Swift cannot call this one: curl_easy_setopt is variadic, and a macro.
static inline CURLcode renkei_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

// Swift cannot call this one: curl_easy_setopt is variadic, and a macro.
static inline CURLcode renkei_curl_set_blob(
    CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob);
}

// Swift cannot call this one: curl_easy_setopt is variadic, and a macro.
static inline CURLcode renkei_curl_set_sink(
    CURL *easy, CURLoption option, size_t (*sink)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(easy, option, sink);
}

// Swift cannot call this one: curl_easy_setopt is variadic, and a macro.
static inline CURLcode renkei_curl_set_seek(
    CURL *easy, int (*seek)(void *, curl_off_t, int)) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
}

// Swift cannot call this one: curl_easy_getinfo is variadic, and a macro.
static inline long renkei_curl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

// Swift cannot call this one: curl_multi_setopt is variadic, and a macro.
static inline CURLMcode renkei_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// Swift does not import this one: a union holds the result of a transfer.
static inline CURLcode renkei_curl_result(const CURLMsg *message) {
    return message->data.result;
}
