import Delivery
import Directory
import Primitives
import Storage

extension StorageWorld {
    static let thread = demand(ThreadID("6f1c0a52-3a57-4d43-9d0e-0a5f3a1b2c3d"))
    static let sheetType = demand(SheetType("admissionInfo"))
    static let desk = demand(DeskID("liaison"))
    static let account = demand(AccountID("6f1c0a52-3a57-4d43-9d0e-000000000001"))

    static func outbox(
        _ number: Int,
        urgency: Urgency = .routine,
        to recipients: [MemberID] = [office],
        holdUntil: Timestamp = start
    ) -> OutboxRow {
        OutboxRow(
            message: messageID(number),
            thread: thread,
            sheetType: sheetType,
            urgency: urgency,
            inReplyTo: number.isMultiple(of: 2) ? key(number, from: office) : nil,
            replaces: number.isMultiple(of: 3) ? messageID(number + 1) : nil,
            createdAt: at(number),
            holdUntil: holdUntil,
            expiresAt: at(number).adding(.days(7)),
            draft: sealed("draft \(number)"),
            copies: recipients.map {
                OutboxCopy(to: $0, desk: desk, state: .queued, movedAt: start)
            },
            isSealed: false,
            wasAttempted: false,
            blockedFor: nil,
            revision: 1
        )
    }

    static func outboxBytes(_ number: Int) -> OutboxBytes {
        OutboxBytes(
            routing: "routing \(number)".bytes,
            submission: "submission \(number)".bytes,
            sealed: "sealed \(number)".bytes,
            content: sealed("content \(number)")
        )
    }

    /// A message from the office; `state` nil sets it apart.
    static func inbox(_ number: Int, state: DeliveryState? = .delivered) -> InboxRow {
        InboxRow(
            key: key(number, from: office),
            state: state,
            urgency: .urgent,
            receivedAt: at(number),
            expiresAt: at(number).adding(.days(3)),
            movedAt: at(number),
            sealedSha256: digest("sealed \(number)"),
            reason: state == nil ? ReasonCode(rawValue: "listStale") : nil,
            sheet: state == .delivered ? sheet(number) : nil,
            revision: 1
        )
    }

    static func sheet(_ number: Int) -> InboxSheet {
        InboxSheet(
            thread: thread,
            sheetType: sheetType,
            contentSha256: digest("content \(number)"),
            inReplyTo: number.isMultiple(of: 2) ? key(number) : nil,
            desk: desk,
            replyDueAt: at(number).adding(.days(2)),
            sealed: sealed("sheet \(number)")
        )
    }

    static func inboxBytes(_ number: Int, opened: Bool = true) -> InboxBytes {
        InboxBytes(
            routing: "routing \(number)".bytes,
            submission: "submission \(number)".bytes,
            sealed: "sealed \(number)".bytes,
            accepted: "accepted \(number)".bytes,
            content: opened ? sealed("content \(number)") : nil
        )
    }

    static func recordID(_ text: String) -> RecordID { demand(RecordID(text)) }

    static func act(
        _ writes: GatewayWrite...,
        expecting: [Precondition] = []
    ) -> Change<GatewayWrite> {
        change(expecting: expecting, writes, [queued(messageID(1))])
    }
}
