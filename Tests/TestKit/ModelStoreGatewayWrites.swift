import Audit
import Delivery
import Directory
import Primitives
package import Storage

extension GatewayModel {
    mutating func store(_ write: GatewayWrite) throws(StoreError) {
        guard spent.isDisjoint(with: write.keys) else { throw .conflict(nil) }
        switch write {
        case .queue(let row):
            guard sent[row.message] == nil, let draft = row.draft else { throw .conflict(nil) }
            sent[row.message] = row.asRead
            threads[row.thread, default: Thread()].sent.append(row.message)
            leaving.insert(row.message)
            drafts[row.message] = draft
        case .seal(let message, let bytes):
            guard sentBytes[message] == nil else { throw .conflict(nil) }
            try change(message) { $0.isSealed = true }
            sentBytes[message] = bytes
        case .attempted(let message): try change(message) { $0.wasAttempted = true }
        case .block(let message, let reason): try change(message) { $0.blockedFor = reason }
        case .moveOutbox(let message, let to, let state, let at):
            guard let place = sent[message]?.copies.firstIndex(where: { $0.to == to }) else {
                throw .conflict(nil)
            }
            try change(message) {
                let desk = $0.copies[place].desk
                $0.copies[place] = OutboxCopy(to: to, desk: desk, state: state, movedAt: at)
            }
            guard state.isEnd else { return }
            for row in expected.values
            where row.isOpen && row.name.peer == to && row.name.message.messageID == message
                && !row.name.isOwed
            {
                expected[row.name]?.metAt = at
            }
        case .receive(let row, let bytes): try receive(row, bytes)
        case .moveInbox(let key, let state, let at): try move(key, state, at)
        case .assign(let key, let account):
            guard let row = received[key] else { throw .conflict(nil) }
            received[key] = row.next(row.state, row.movedAt)
            received[key]?.assignee = account
        case .warn(let row):
            warned.removeAll { $0.key == row.key && $0.to == row.to && $0.kind == row.kind }
            warned.append(row)
        case .claim(let chunks, let key):
            guard claimed[key] == nil, chunks.allSatisfy({ kept[$0] != nil }) else {
                throw .conflict(nil)
            }
            claimed[key] = chunks
        case .release(let key): claimed[key] = nil
        case .receipt, .send, .sent: try storeStatement(write)
        case .expect, .met, .passed, .replaced: try storeExpectation(write)
        case .emergency, .reviewed: try storeEmergency(write)
        case .pair, .record, .dropRecord, .setting: try storeRecord(write)
        case .erase(let erasure): try erase(erasure)
        case .upkeep(let fact): try store(fact)
        }
    }

    /// The columns of an outbox row that change.
    private struct Changing {
        var copies: [OutboxCopy]
        var isSealed: Bool
        var wasAttempted: Bool
        var blockedFor: ReasonCode?
        var replacedBy: MessageID?
    }

    private mutating func change(
        _ message: MessageID,
        _ body: (inout Changing) -> Void
    ) throws(StoreError) {
        guard let row = sent[message] else { throw .conflict(nil) }
        var changing = Changing(
            copies: row.copies,
            isSealed: row.isSealed,
            wasAttempted: row.wasAttempted,
            blockedFor: row.blockedFor,
            replacedBy: row.replacedBy
        )
        body(&changing)
        var changed = OutboxRow(
            message: row.message,
            thread: row.thread,
            sheetType: row.sheetType,
            urgency: row.urgency,
            inReplyTo: row.inReplyTo,
            replaces: row.replaces,
            createdAt: row.createdAt,
            holdUntil: row.holdUntil,
            expiresAt: row.expiresAt,
            draft: row.draft,
            copies: changing.copies,
            isSealed: changing.isSealed,
            wasAttempted: changing.wasAttempted,
            blockedFor: changing.blockedFor,
            revision: row.revision + 1
        )
        changed.replacedBy = changing.replacedBy
        sent[message] = changed
        if !changed.copies.contains(where: { $0.state == .queued }) { leaving.remove(message) }
    }

    private mutating func receive(_ row: InboxRow, _ bytes: InboxBytes?) throws(StoreError) {
        if let known = received[row.key], known.state != nil { throw .conflict(nil) }
        guard (row.sheet == nil) == (row.sheet?.sealed == nil), !erased.contains(row.key) else {
            throw .conflict(nil)
        }
        if let content = row.sheet?.contentSha256, let known = try inbox(content: content),
            known.key != row.key
        {
            throw .conflict(nil)
        }
        received[row.key] = row.asRead
        if row.state == nil { held.insert(row.key) } else { held.remove(row.key) }
        if let sheet = row.sheet {
            contents[sheet.contentSha256] = row.key
            threads[sheet.thread, default: Thread()].received.append(row.key)
        }
        sheets[row.key] = row.sheet?.sealed
        receivedBytes[row.key] = bytes
    }

    private mutating func move(
        _ key: MessageKey,
        _ state: DeliveryState,
        _ at: Timestamp
    ) throws(StoreError) {
        guard let row = received[key] else { throw .conflict(nil) }
        received[key] = row.next(state, at)
        held.remove(key)
        guard state.isEnd else { return }
        for row in expected.values
        where row.isOpen && row.name.message == key && row.name.isOwed {
            expected[row.name]?.metAt = at
        }
    }

    private mutating func storeStatement(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .receipt(let statement, let disclosure):
            guard !receipts.holds(statement) else { throw .conflict(nil) }
            let row = ReceiptRow(statement: statement, disclosure: disclosure, proof: nil)
            receipts.add(row, statement)
            if Self.promises(row) { unproved.append(statement.sha256) }
        case .send(let sha256):
            guard try receipt(sha256) != nil, !queued.contains(sha256) else {
                throw .conflict(nil)
            }
            queued.insert(sha256)
            outgoing.append(sha256)
            unproved.removeAll { $0 == sha256 }
            unsentProofs.append(sha256)
        case .sent(let sha256, _):
            guard let place = outgoing.firstIndex(of: sha256) else { throw .conflict(nil) }
            outgoing.remove(at: place)
        default: preconditionFailure("stored above")
        }
    }

    private mutating func storeRecord(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .pair(let row):
            pairs[PairName(direction: row.direction, peer: row.peer)] = row
        case .record(let kind, let id, let sealed, let at):
            let revision = try record(kind, id)?.revision ?? 0
            records[RecordName(kind: kind, id: id)] = RecordRow(
                kind: kind,
                id: id,
                revision: revision + 1,
                sealed: sealed,
                storedAt: at
            )
        case .dropRecord(let kind, let id):
            guard try record(kind, id) != nil else { throw .conflict(nil) }
            records[RecordName(kind: kind, id: id)] = nil
        case .setting(let name, let value): settings[name] = value
        default: preconditionFailure("stored above")
        }
    }

    private mutating func storeExpectation(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .expect(let row):
            guard expected[row.name] == nil else { throw .conflict(nil) }
            expected[row.name] = row
        case .met(let name, let at):
            if expected[name]?.isOpen == true { expected[name]?.metAt = at }
        case .passed(let name, let desk, let at):
            guard var row = expected[name], row.isOpen, row.passedAt == nil else {
                throw .conflict(nil)
            }
            row.passedAt = at
            row.desk = desk
            expected[name] = row
        case .replaced(let key, let later):
            guard let row = received[key], let state = row.state else {
                return try change(key.messageID) { $0.replacedBy = later }
            }
            try move(key, state, row.movedAt)
            received[key]?.replacedBy = later
        default: preconditionFailure("stored above")
        }
    }

    mutating func store(_ fact: GatewayUpkeep) throws(StoreError) {
        switch fact {
        case .cursor(let name, let value): cursors[name] = value
        case .directoryLeaves(let tree, let new):
            var mirror = leaves[tree] ?? ModelTable()
            for leaf in new where mirror[leaf.index] == nil { mirror[leaf.index] = leaf }
            leaves[tree] = mirror
        case .peerCheckpoint(let checkpoint):
            let known = peers[checkpoint.origin]?.head.size ?? 0
            if peers[checkpoint.origin] == nil || checkpoint.head.size > known {
                peers[checkpoint.origin] = checkpoint
            }
        case .proof(let sha256, let proof):
            guard let row = receipts[sha256] else { throw .conflict(nil) }
            let proved = ReceiptRow(
                statement: row.statement,
                disclosure: row.disclosure,
                proof: proof
            )
            receipts.replace(sha256, by: proved)
            unproved.removeAll { $0 == sha256 }
        case .proofSent(let sha256, _):
            guard queued.contains(sha256) else { throw .conflict(nil) }
            unsentProofs.removeAll { $0 == sha256 }
        case .exchanged, .reconciliation, .dropReconciled: try storeReconciliation(fact)
        case .witness(let fact): try log.store(fact)
        case .setting(let name, let value): settings[name] = value
        case .redraft(let id, let revision, let sealed, let at):
            guard try record(.draft, id)?.revision == revision else { throw .conflict(nil) }
            try storeRecord(.record(.draft, id, sealed, at: at))
        }
    }
}

extension OutboxRow {
    /// As a store gives it back: what is heavy is read by itself.
    package var asRead: OutboxRow {
        var row = OutboxRow(
            message: message,
            thread: thread,
            sheetType: sheetType,
            urgency: urgency,
            inReplyTo: inReplyTo,
            replaces: replaces,
            createdAt: createdAt,
            holdUntil: holdUntil,
            expiresAt: expiresAt,
            draft: nil,
            copies: copies,
            isSealed: isSealed,
            wasAttempted: wasAttempted,
            blockedFor: blockedFor,
            revision: revision
        )
        row.replacedBy = replacedBy
        return row
    }
}

extension InboxRow {
    /// With the next revision.
    fileprivate func next(_ state: DeliveryState?, _ at: Timestamp) -> InboxRow {
        var moved = InboxRow(
            key: key,
            state: state,
            urgency: urgency,
            receivedAt: receivedAt,
            expiresAt: expiresAt,
            movedAt: at,
            sealedSha256: sealedSha256,
            reason: reason,
            sheet: sheet,
            revision: revision + 1
        )
        moved.replacedBy = replacedBy
        moved.assignee = assignee
        return moved
    }

    /// As a store gives it back: what is heavy is read by itself.
    package var asRead: InboxRow {
        var row = InboxRow(
            key: key,
            state: state,
            urgency: urgency,
            receivedAt: receivedAt,
            expiresAt: expiresAt,
            movedAt: movedAt,
            sealedSha256: sealedSha256,
            reason: reason,
            sheet: sheet?.asRead,
            revision: revision
        )
        row.replacedBy = replacedBy
        row.assignee = assignee
        return row
    }
}

extension InboxSheet {
    fileprivate var asRead: InboxSheet {
        var sheet = InboxSheet(
            thread: thread,
            sheetType: sheetType,
            contentSha256: contentSha256,
            inReplyTo: inReplyTo,
            desk: desk,
            replyDueAt: replyDueAt,
            sealed: nil
        )
        sheet.replaces = replaces
        return sheet
    }
}
