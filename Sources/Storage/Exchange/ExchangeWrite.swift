package import Delivery
package import Primitives

/// One fact of an act, as an exchange stores it.
package enum ExchangeWrite: Sendable {
    /// Message, body, a copy for each recipient, the two hashes that stay for ever, and `accepted`.
    /// Its chunks must have been uploaded by the sender.
    case accept(MessageRow, sealed: [UInt8], to: [MemberID], accepted: StatementRow)
    /// The first release; its time is never changed again.
    case release(MessageKey, to: MemberID, at: Timestamp)
    case moveCopy(MessageKey, to: MemberID, DeliveryState, at: Timestamp)
    /// What was told of a copy's delay, and when to look at it again.
    case warned(MessageKey, to: MemberID, CopyWarnings, watchAt: Timestamp?)
    case statement(StatementRow)
    /// A stored statement for a member's events.
    case event(MemberID, statement: Digest, at: Timestamp)
    case notice(MemberID, NoticeRow, at: Timestamp)
    case deleteBody(MessageKey)
    /// An object of the `keys` tree; storing it again is harmless.
    case directoryObject(DirectoryObject)
    case member(MemberRow)
    case certificate(CertificateRow)
    case revoke(certificate: Digest, at: Timestamp)
    /// Replaces an earlier code of the member.
    case joiningCode(JoiningCodeRow)
    /// One more wrong try.
    case joiningTry(MemberID)
    /// Destroys the keys of the code and keeps what the same request is answered.
    case joined(MemberID, request: Digest, answer: [UInt8])
    /// Nothing of a year is forgotten from then on; nil: it may be again. Not after its end.
    case yearHeld(Int, since: Timestamp?)
    /// All of a year is forgotten. Not while it is held, and once.
    case yearDestroyed(Int, at: Timestamp)
}

/// A fact of an exchange that no leaf records: nobody's act, or one already recorded.
package enum ExchangeUpkeep: Sendable {
    /// An uploaded chunk; the same again is harmless.
    case chunk(UploadedChunk)
    /// Drops chunks that were stored by then and belong to no message.
    case dropChunks(storedBefore: Timestamp)
    /// A further fetch of a released copy.
    case fetchedAgain(MessageKey, to: MemberID)
    /// When to look at a waiting copy again; nil: never.
    case watch(MessageKey, to: MemberID, at: Timestamp?)
    /// Sealed proofs on their way to a member; the same again is harmless.
    case proofs(from: MemberID, to: MemberID, sealed: [UInt8], at: Timestamp)
    /// A statement about a day, on its way to the peer it is about.
    case reconciliation([UInt8], to: MemberID, at: Timestamp)
    /// Drops events from before then.
    case dropEvents(before: Timestamp)
    /// Drops carried proofs from before then.
    case dropProofs(before: Timestamp)
    case witness(WitnessFact)
    /// Forgets deliveries of a year, and the openings and index tags of these leaves; not while
    /// the year is held.
    case forget(Int, [MessageKey], openings: [LeafPosition])
}
