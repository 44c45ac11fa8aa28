package import Audit
package import Delivery
package import Primitives

/// One fact of an act, as an organisation's gateway stores it.
///
/// Every write to an outbox or inbox row raises its revision by one.
package enum GatewayWrite: Sendable {
    // Outbox.
    /// A new message with its copies.
    case queue(OutboxRow)
    /// The bytes that alone may be sent, with their clear and sealed companions.
    case seal(MessageID, OutboxBytes)
    case attempted(MessageID)
    /// nil: no longer blocked.
    case block(MessageID, ReasonCode?)
    case moveOutbox(MessageID, to: MemberID, DeliveryState, at: Timestamp)

    // Inbox.
    /// A message received, refused or set apart; replaces a row that was set apart. Without bytes:
    /// one that ended before any came.
    case receive(InboxRow, InboxBytes?)
    case moveInbox(MessageKey, DeliveryState, at: Timestamp)
    /// nil: it is nobody's.
    case assign(MessageKey, AccountID?)

    /// Kept chunks become those of a message, in this order; a conflict where one is not here.
    case claim([Digest], by: MessageKey)
    /// They are its chunks no more; of what has none, without effect.
    case release(MessageKey)

    // Statements.
    /// Another party's statement, or an own one; its disclosure opened and sealed here.
    case receipt(StatementRow, disclosure: SealedColumn?)
    /// Puts a stored own statement on its way to the exchange.
    case send(Digest)
    case sent(Digest, at: Timestamp)

    /// That people were told of a delay; the newest time of each kind stays.
    case warn(WarningRow)
    case expect(ExpectationRow)
    /// Of what was not expected, or was met before, without effect.
    case met(ExpectationName, at: Timestamp)
    /// The deadline is over; the desk that owes the answer from now on.
    case passed(ExpectationName, desk: DeskID?, at: Timestamp)
    /// A later message of its sender corrects it: it is an old version (旧版).
    case replaced(MessageKey, by: MessageID)
    /// Something was done in an emergency.
    case emergency(EmergencyRow)
    /// A second person has looked at it; a conflict where somebody had before.
    case reviewed(EmergencyID, EmergencyReview, SealedColumn)
    /// The newest link of a chain of messages with a peer.
    case pair(PairRow)
    /// A record as it is now; its revision rises by one.
    case record(RecordKind, RecordID, SealedColumn, at: Timestamp)
    case dropRecord(RecordKind, RecordID)
    case erase(Erasure)
    case setting(SettingName, [UInt8])
    /// A fact that needs no leaf of its own, in the same transaction.
    case upkeep(GatewayUpkeep)
}

/// A fact of a gateway that no leaf records.
package enum GatewayUpkeep: Sendable {
    case cursor(CursorName, Int64)
    /// The next leaves of the mirrored tree; those already here are left as they are.
    case directoryLeaves(TreeOrigin, [DirectoryLeaf])
    /// A verified checkpoint of another log; a smaller one than the stored is left out.
    case peerCheckpoint(Checkpoint)
    case proof(ofReceipt: Digest, StoredProof)
    case proofSent(ofReceipt: Digest, at: Timestamp)
    /// A message of a day that its recipient has answered; the same again is harmless.
    case exchanged(ExchangedRow)
    /// What was said of a day, in the place of what stands there.
    case reconciliation(ReconciliationRow)
    /// Days that nobody compares any more.
    case dropReconciled(before: Day)
    case witness(WitnessFact)
    case setting(SettingName, [UInt8])
    /// A draft that somebody goes on writing, over the revision that was read; a conflict where it
    /// has another one or is gone.
    case redraft(RecordID, over: Int64, SealedColumn, at: Timestamp)
}
