// Storage: what a place keeps, and the one way to change it.
//
// Owns the stores of an exchange (`ExchangeStore`) and of an organisation (`GatewayStore`): their
// rows, their SQL, their files, and the tables of the audit log that live beside the rows. A
// decision becomes a `Proposal`, its signed form a `Change`, and a `Change` is committed once,
// whole, with its leaves, or not at all; nothing is answered before COMMIT has returned.
// Refuses to decide, to sign and to read content: it holds no key, and personal columns come
// here sealed. It does not know what a state means; preconditions say what must still be true.
// May be called by Exchange, Gateway and the program. SQL is written nowhere else.
// Fails with `StoreError`: a conflict for the one change that lost, `full` with nothing half
// done, and at the start a refusal of files that are not ours, newer, or cut short.
