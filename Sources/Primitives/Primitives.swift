// Primitives: the words every other module speaks.
//
// Owns identifiers, digests, times, days, strict JSON with its canonical writer (RFC 8785), byte
// encodings, limits, the lock, the seams for time and randomness, and the form of an error. It does
// no I/O, reads no clock and draws no random number; those come in through `TimeSource` and
// `RandomSource`. Every reader here meets hostile bytes: it answers with a `DecodingRefusal` that
// says where and what, and never repeats the bytes. Text is kept byte for byte, never normalised.
