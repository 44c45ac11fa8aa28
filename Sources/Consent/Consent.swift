// Consent: whether a sheet may go to these recipients, on which ground.
//
// Owns the consent record (同意記録) as an organisation keeps it, the register that decides (rules
// C-1 to C-3, C-8, C-9, C-11), and the `Permit`: the only thing the envelope's signer accepts, made
// here and nowhere else, so that skipping consent does not compile. The same scope is put to the
// signed statement of a received sheet. What a sheet shows by itself (C-4, C-5, C-12) was checked
// when it was validated. It does no I/O and keeps nothing; records are handed in. Called by Gateway
// and, for received sheets, by Envelope. A "no" is a `ConsentRefusal` with its reason as data.
// Source: the sector's rules in `Schemas/consent.md`.
