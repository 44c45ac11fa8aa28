// Consent: whether a sheet may go to these recipients, on which ground.
//
// Owns the consent record as an organisation keeps it, the register that decides (rules C-1 to C-5,
// C-8, C-11, C-12), and the `Permit`: the only thing the envelope's signer accepts, made here and
// nowhere else, so that skipping consent does not compile. The same rules are put to the signed
// statement of a received sheet. It does no I/O and keeps nothing; records are handed in.
// A "no" is a `ConsentRefusal` with its reasons as data. Source: the sector's rules in
// `Schemas/consent.md`.
