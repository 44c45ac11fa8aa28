// Cryptography: the only door to libcrypto.
//
// Owns hashes, HMAC, HKDF, AES-GCM, key wrap, P-256 and Ed25519 keys and their stores, the strict
// DER reader and writer, the certificate profiles with their authority and lists, the two CMS
// layers of a message, and the self-test at start. Primitives are OpenSSL's EVP; every byte of a
// stranger passes our own reader first, which takes one form of each thing and refuses all others.
// It knows no sheet and no statement, and judges roles and times only where it is asked. Secrets
// live in `SecretBytes`; nothing but a transport key leaves a key store. Refusals (`CMSRefusal`,
// `CertificateRefusal`) are answers about given bytes; errors (`CryptographyError`,
// `KeyStoreError`) are faults of library, disk or key. All failures of opening are one case.
