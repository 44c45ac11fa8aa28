// Directory: who may speak for an organisation, with which key, and how everyone else knows.
//
// Owns the signed statement (a SignedData over canonical JSON without a binding), the statements
// about members, keys and policy, and `DirectoryView`: the replay of the `keys` tree, against which
// every look-up is made. It does no I/O, reads no clock and knows no message; receipts are in
// Delivery. Nothing enters a view unless chain, role, signature and order hold at the time of its
// leaf. A key that no rotation explains is kept and shown, and used for nothing. Callers are
// Consent, Delivery and everything above them. A "no" is a `StatementRefusal` (a statement does
// not hold) or a `DirectoryRefusal` (a change does not fit, or a recipient cannot be sealed to).
