// Delivery: the life of a message between two places that both may read about it.
//
// Owns the routing header, the submission, the receipts (accepted, delivered or refused, opened,
// confirmed, and the exchange's expired and undeliverable) with the rule that each names the hash
// of the one before, disclosures and proofs that are sealed to the other party, and the three
// state machines as pure tables. It does no I/O, reads no clock, and cannot name a sheet: the
// exchange stands on this module. A receipt is made from facts by whoever vouches for them, signed
// by `StatementSigner`, and believed only as a `Receipt`, which `ReceiptChain` alone makes.
// Refusals are `StatementRefusal`, `DecodingRefusal` and `AuditRefusal`; an impossible event is a
// `StepRefusal`.
