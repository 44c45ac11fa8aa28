// Envelope: the sealed half of a message, from a permit to a verified sheet and back to proof.
//
// Owns the content archive, its manifest, signing (layer 2), sealing (layer 3), the ordered opening
// with its public codes, and the evidence file. It signs nothing without a `Permit`, hands out no
// plaintext as a sheet before every step has passed, and does no I/O: keys are used through
// `KeyStore`, chunks and answered sheets are handed in. All bytes met here may be hostile; they
// pass the strict readers only, and every failure to decrypt is the one case `undecryptable`.
// Called by Gateway and by `renkei verify`. Source: `Schemas/envelope.md`.
