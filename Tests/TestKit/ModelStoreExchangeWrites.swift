import Delivery
import Primitives
import Storage

extension ExchangeModel {
    mutating func store(_ write: ExchangeWrite) throws(StoreError) {
        switch write {
        case .accept(let row, let sealed, let recipients, let accepted):
            try accept(row, sealed, recipients)
            try insert(accepted)
        case .release(let key, let to, let at):
            try move(key, to, .released, at: at)
            try fetched(key, to, at: at)
            watches[WatchedCopy(key: key, to: to)] = at
        case .moveCopy(let key, let to, let state, let at): try move(key, to, state, at: at)
        case .warned(let key, let to, let told, let watchAt):
            try change(key, to) { $0.warned = told }
            watches[WatchedCopy(key: key, to: to)] = watchAt
        case .statement(let statement): try insert(statement)
        case .event(let member, let sha256, let at):
            guard let statement = try statement(sha256) else { throw .conflict(nil) }
            add(.statement(statement), to: member, at: at)
        case .notice(let member, let notice, let at): add(.notice(notice), to: member, at: at)
        case .deleteBody(let key): try deleteBody(key)
        case .yearHeld(let year, let since):
            guard years[year]?.destroyedAt == nil else { throw .conflict(nil) }
            years[year] = Retention(heldSince: since)
        case .yearDestroyed(let year, let at):
            guard years[year] ?? Retention() == Retention() else { throw .conflict(nil) }
            years[year] = Retention(destroyedAt: at)
        case .directoryObject(let object): objects[object.sha256] = object.bytes
        case .member, .certificate, .revoke, .joiningCode, .joiningTry, .joined:
            try storeMembership(write)
        }
    }

    mutating func store(_ fact: ExchangeUpkeep) throws(StoreError) {
        switch fact {
        case .chunk(let chunk):
            chunks.removeAll { $0.member == chunk.member && $0.sha256 == chunk.sha256 }
            chunks.append(chunk)
        case .dropChunks(let before):
            chunks = chunks.filter { $0.storedAt >= before || used($0) }
        case .fetchedAgain(let key, let to): try fetched(key, to, at: nil)
        case .watch(let key, let to, let at): watches[WatchedCopy(key: key, to: to)] = at
        case .proofs(let from, let to, let sealed, let at):
            let content = EventContent.proofs(from: from, sealed: sealed)
            let isKnown = mailboxes[to]?.events.contains { $0.content == content } ?? false
            if !isKnown { add(content, to: to, at: at) }
        case .reconciliation(let statement, let to, let at):
            add(.reconciliation(statement), to: to, at: at)
        case .dropEvents(let before):
            for member in mailboxes.keys {
                guard var mailbox = mailboxes[member], let oldest = mailbox.oldest,
                    oldest < before
                else { continue }
                let newest = mailbox.events.last { $0.at < before }?.cursor ?? 0
                mailbox.dropped = max(newest, mailbox.dropped)
                mailbox.keep { $0.at >= before }
                mailboxes[member] = mailbox
            }
        case .dropProofs(let before):
            for member in mailboxes.keys {
                guard var mailbox = mailboxes[member], let oldest = mailbox.oldestProof,
                    oldest < before
                else { continue }
                mailbox.keep { !$0.isProof || $0.at >= before }
                mailboxes[member] = mailbox
            }
        case .witness(let fact): try log.store(fact)
        case .forget(let year, let messages, let openings):
            guard years[year]?.heldSince == nil else { throw .conflict(nil) }
            for key in messages { try forget(key) }
            log.forget(openings)
        }
    }

    private mutating func deleteBody(_ key: MessageKey) throws(StoreError) {
        var held = try placed(key)
        held.body = nil
        messages[key] = held
        ended[key] = nil
        let own = chunks.filter { $0.member == key.from && !used($0) }.map(\.sha256)
        let freed = Set(held.row.chunks.map(\.sealedSha256)).intersection(own)
        chunks.removeAll { $0.member == key.from && freed.contains($0.sha256) }
    }

    private mutating func forget(_ key: MessageKey) throws(StoreError) {
        try deleteBody(key)
        let gone = Set(statements.removeAll(of: key) { $0.slot })
        for member in mailboxes.keys {
            guard var mailbox = mailboxes[member] else { continue }
            mailbox.keep { $0.statement.map { !gone.contains($0) } ?? true }
            mailboxes[member] = mailbox
        }
        for copy in try placed(key).copies {
            watches[WatchedCopy(key: key, to: copy.to)] = nil
            mail[copy.to]?.remove(key)
        }
        messages[key] = nil
        open.remove(key)
        sent[key.from] = ModelList((sent[key.from] ?? ModelList()).filter { $0 != key })
        pairs = ModelSet()
        messages.forEach { key, held in
            for copy in held.copies { pairs.insert(Pair(members: [key.from, copy.to])) }
        }
    }

    private mutating func accept(
        _ row: MessageRow,
        _ sealed: [UInt8],
        _ recipients: [MemberID]
    ) throws(StoreError) {
        let isNew = duplicates[row.key.sha256] == nil
        guard isNew || plant == .forgetsDuplicates else { throw .conflict(nil) }
        for chunk in row.chunks {
            let isUploaded = chunks.contains {
                $0.member == row.key.from && $0.sha256 == chunk.sealedSha256
                    && $0.sealed.count == chunk.sealedLength
            }
            guard isUploaded else { throw .conflict(nil) }
        }
        duplicates[row.key.sha256] = row.sealedSha256
        contents.insert(row.sealedSha256)
        let copies = recipients.sorted().map { recipient in
            mailboxes[recipient, default: Mailbox()].revision += 1
            mail[recipient, default: ModelSet()].insert(row.key)
            pairs.insert(Pair(members: [row.key.from, recipient]))
            watches[WatchedCopy(key: row.key, to: recipient)] = row.acceptedAt
            return CopyRow(
                key: row.key,
                to: recipient,
                state: .accepted,
                position: mailboxes[recipient]?.revision ?? 0,
                releasedAt: nil,
                attempts: 0,
                movedAt: row.acceptedAt
            )
        }
        lastPlace += 1
        messages[row.key] = Held(place: lastPlace, row: row, body: sealed, copies: copies)
        sent[row.key.from, default: ModelList()].append(row.key)
        open.insert(row.key)
    }

    private mutating func move(
        _ key: MessageKey,
        _ to: MemberID,
        _ state: DeliveryState,
        at: Timestamp
    ) throws(StoreError) {
        try change(key, to) { copy in
            copy = copy.changed(state: state, movedAt: at)
        }
        mailboxes[to, default: Mailbox()].revision += 1
        var held = try placed(key)
        if !held.copies.contains(where: { $0.to == to && Self.isWaiting($0) }) {
            mail[to]?.remove(key)
        }
        guard !held.copies.contains(where: Self.isWaiting) else { return }
        open.remove(key)
        guard held.endedAt == nil else { return }
        held.endedAt = at
        messages[key] = held
        if held.body != nil { ended[key] = at }
    }

    private mutating func fetched(
        _ key: MessageKey,
        _ to: MemberID,
        at: Timestamp?
    ) throws(StoreError) {
        try change(key, to) { copy in
            copy = copy.changed(releasedAt: copy.releasedAt ?? at, attempts: copy.attempts + 1)
        }
    }

    private mutating func change(
        _ key: MessageKey,
        _ to: MemberID,
        _ body: (inout CopyRow) -> Void
    ) throws(StoreError) {
        var held = try placed(key)
        guard let copy = held.copies.firstIndex(where: { $0.to == to }) else {
            throw .conflict(nil)
        }
        body(&held.copies[copy])
        messages[key] = held
    }

    private func placed(_ key: MessageKey) throws(StoreError) -> Held {
        guard let held = messages[key] else { throw .conflict(nil) }
        return held
    }

    private mutating func insert(_ statement: StatementRow) throws(StoreError) {
        guard !statements.holds(statement) || plant == .forgetsDuplicates else {
            throw .conflict(nil)
        }
        statements.add(statement, statement)
    }

    private mutating func add(_ content: EventContent, to member: MemberID, at: Timestamp) {
        var mailbox = mailboxes[member, default: Mailbox()]
        mailbox.cursor += 1
        mailbox.add(EventRow(cursor: mailbox.cursor, at: at, content: content))
        mailboxes[member] = mailbox
    }

    private mutating func storeMembership(_ write: ExchangeWrite) throws(StoreError) {
        switch write {
        case .member(let row):
            let createdAt = admitted[row.member]?.createdAt ?? row.createdAt
            admitted[row.member] = MemberRow(
                member: row.member,
                admission: row.admission,
                createdAt: createdAt
            )
        case .certificate(let row):
            guard try certificate(row.sha256) == nil else { throw .conflict(nil) }
            certificates[row.sha256] = row
        case .revoke(let sha256, let at):
            guard let row = certificates[sha256], row.revokedAt == nil else {
                throw .conflict(nil)
            }
            certificates[sha256] = CertificateRow(
                sha256: sha256,
                member: row.member,
                keyID: row.keyID,
                der: row.der,
                notAfter: row.notAfter,
                revokedAt: at
            )
        case .joiningCode(let row): codes[row.member] = row
        case .joiningTry(let member):
            guard let row = codes[member] else { throw .conflict(nil) }
            codes[member] = JoiningCodeRow(
                member: member,
                keys: row.keys,
                validUntil: row.validUntil,
                tries: row.tries + 1,
                used: row.used
            )
        case .joined(let member, let request, let answer):
            guard let row = codes[member], row.keys != nil else { throw .conflict(nil) }
            codes[member] = JoiningCodeRow(
                member: member,
                keys: nil,
                validUntil: row.validUntil,
                tries: row.tries,
                used: UsedCode(request: request, answer: answer)
            )
        default: preconditionFailure("stored above")
        }
    }
}

extension ExchangeModel.Mailbox {
    fileprivate mutating func add(_ event: EventRow) {
        events.append(event)
        oldest = min(oldest ?? event.at, event.at)
        if event.isProof { oldestProof = min(oldestProof ?? event.at, event.at) }
    }

    fileprivate mutating func keep(_ isWanted: (EventRow) -> Bool) {
        let kept = events.filter(isWanted)
        (events, oldest, oldestProof) = (ModelList(), nil, nil)
        for event in kept { add(event) }
    }
}

extension EventRow {
    fileprivate var statement: Digest? {
        if case .statement(let row) = content { row.sha256 } else { nil }
    }

    fileprivate var isProof: Bool { if case .proofs = content { true } else { false } }
}

extension CopyRow {
    fileprivate func changed(
        state: DeliveryState? = nil,
        movedAt: Timestamp? = nil,
        releasedAt: Timestamp? = nil,
        attempts: Int? = nil
    ) -> CopyRow {
        var copy = CopyRow(
            key: key,
            to: to,
            state: state ?? self.state,
            position: position,
            releasedAt: releasedAt ?? self.releasedAt,
            attempts: attempts ?? self.attempts,
            movedAt: movedAt ?? self.movedAt
        )
        copy.warned = warned
        return copy
    }
}
