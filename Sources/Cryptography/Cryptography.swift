// Cryptography: under construction.
