// Audit: what is recorded, and how nobody changes it afterwards unseen.
//
// Owns the Merkle arithmetic (RFC 6962), checkpoints and inclusion evidence in the C2SP forms, the
// event catalogue, the leaf with its strict reader, salted commitments with their openings, the
// sealing of what a store keeps beside a leaf, and the check of a copied log without any network.
//
// It does no I/O, reads no clock and keeps no log: `Storage` appends what is made here inside the
// transaction of the act itself. No personal value is ever a member of a leaf; what has one
// (`AuditFacts`, `Agent`, `Opening`) never prints it.
//
// Every module above the ground may call it. Bytes from outside are answered with `AuditRefusal`;
// an entry that its own event does not allow is a broken promise between our modules and stops.
