package import Audit
import Cryptography
package import Delivery
import Directory
package import ExchangeAPI
package import Primitives
import Storage

/// The exchange as one member sees it.
package struct ExchangeSession: ExchangeService {
    let node: ExchangeNode
    package let member: MemberID

    package func status() async throws(ExchangeError) -> ExchangeStatus {
        let trees = try await read { stored throws(StoreError) in try stored.trees() }
        var sizes: [TreeKind: UInt64] = [:]
        for tree in trees where tree.closedAt == nil { sizes[tree.origin.kind] = tree.size }
        return ExchangeStatus(
            exchange: node.id,
            suites: Suite.allCases.compactMap { SuiteID($0.rawValue) },
            limits: node.settings.limits,
            time: node.time.now,
            treeSizes: sizes,
            operatorTelephone: node.settings.operatorTelephone
        )
    }

    // MARK: Sending

    package func submit(
        _ messages: [WireMessage]
    ) async throws(ExchangeError) -> [ItemResult] {
        try check(messages.count)
        node.settling(messages.count)
        defer { node.settling(-messages.count) }
        let results = await node.settleAll(messages.count) { (index) async throws(Refusal) in
            try await node.decide(submission: messages[index], of: member)
        }.map { ItemResult($0) }
        for (message, result) in zip(messages, results) where result.isNew {
            for recipient in Self.recipients(of: message) { node.mailboxes.notify(recipient) }
        }
        return results
    }

    private static func recipients(of message: WireMessage) -> [MemberID] {
        do throws(DecodingRefusal) {
            return try Routing(reading: message.routing).to.map(\.memberID)
        } catch { return [] }
    }

    package func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool {
        try await read { stored throws(StoreError) in
            try stored.uploaded([sealedSha256], by: member)[sealedSha256] != nil
        }
    }

    package func putChunk(
        _ sealedSha256: Digest,
        _ bytes: [UInt8]
    ) async throws(ExchangeError) {
        guard (1...Limits.chunkSealedBytes).contains(bytes.count) else {
            throw .refused(Refusal(.tooLarge))
        }
        guard SHA256.hash(bytes) == sealedSha256 else { throw .refused(Refusal(.hashDiffers)) }
        try await refused { () async throws(Refusal) in try node.admitBody(.urgent) }
        let open = try await read { stored throws(StoreError) in
            try stored.openChunkBytes(of: member)
        }
        guard open + Int64(bytes.count) <= Int64(node.settings.limits[.openChunkBytes]) else {
            throw .refused(Refusal(.quotaExceeded, retryAfterSeconds: 60))
        }
        let chunk = UploadedChunk(
            member: member,
            sha256: sealedSha256,
            sealed: bytes,
            storedAt: node.time.now
        )
        try await refused { () async throws(Refusal) in try await node.keep([.chunk(chunk)]) }
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(ExchangeError) -> [CopyReport] {
        let rows = try await read { stored throws(StoreError) -> [DeliveryRow] in
            guard let id = query.messageID else {
                return try stored.deliveries(
                    of: member,
                    state: query.state,
                    after: query.after,
                    limit: query.limit
                )
            }
            let key = MessageKey(from: member, messageID: id)
            return try stored.delivery(key).map { [$0] } ?? []
        }
        guard !rows.isEmpty || query.messageID == nil else { throw .refused(Refusal(.notFound)) }
        return rows.flatMap(CopyReport.list)
    }

    // MARK: Receiving

    package func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage? {
        if let days = query.includeDelivered { return try await ended(within: days, query) }
        return try await refused { () async throws(Refusal) in
            try await node.mailboxes.answer(about: member, within: query.waitSeconds) {
                () async throws(Refusal) -> InboxPage? in
                let (revision, items) = try await node.read { stored throws(StoreError) in
                    (
                        try stored.mailboxRevision(of: member),
                        try stored.inbox(of: member, after: query.after, limit: query.limit)
                    )
                }
                guard revision > query.since else { return nil }
                return InboxPage(revision: revision, items: items.map { InboxLine($0) })
            }
        }
    }

    /// What was acknowledged or has ended: a gateway that is an older copy asks for it.
    private func ended(
        within days: Int,
        _ query: InboxQuery
    ) async throws(ExchangeError) -> InboxPage {
        let since = node.time.now.adding(.zero - .days(min(days, Limits.endedDays)))
        return try await read { stored throws(StoreError) in
            let ended = try stored.ended(
                of: member,
                movedSince: since,
                after: query.after,
                limit: query.limit
            )
            let lines = try ended.map { item throws(StoreError) in
                let statements = try stored.statements(of: item.message.key, to: member)
                var line = InboxLine(item)
                line.ended = InboxLine.Ended(
                    state: item.copy.state,
                    statements: statements.map(\.sha256)
                )
                return line
            }
            return InboxPage(revision: try stored.mailboxRevision(of: member), items: lines)
        }
    }

    package func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult] {
        try check(keys.count)
        return try await refused { () async throws(Refusal) in
            try await node.fetch(keys, for: member)
        }
    }

    package func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8] {
        let bytes = try await read { stored throws(StoreError) -> [UInt8]? in
            guard try stored.copy(key, to: member)?.releasedAt != nil else { return nil }
            return try stored.chunk(sealedSha256, of: key)
        }
        guard let bytes else { throw .refused(Refusal(.notFound)) }
        return bytes
    }

    // MARK: Statements

    package func acknowledge(
        _ statements: [WireStatement]
    ) async throws(ExchangeError) -> [ItemResult] {
        try check(statements.count)
        return await node.acknowledge(statements, of: member)
    }

    package func sendProofs(
        _ proofs: [SealedProofs]
    ) async throws(ExchangeError) -> [ItemResult] {
        try check(proofs.count)
        var results: [ItemResult] = []
        for proof in proofs {
            do throws(Refusal) {
                try await node.carry(proof, from: member)
                results.append(.done(isNew: true))
            } catch {
                results.append(.refused(error))
            }
        }
        return results
    }

    package func events(_ query: PageQuery) async throws(ExchangeError) -> [WireEvent] {
        let page = try await refused { () async throws(Refusal) in
            try await node.mailboxes.answer(about: member, within: query.waitSeconds) {
                () async throws(Refusal) -> [WireEvent]? in
                let (dropped, rows) = try await node.read { stored throws(StoreError) in
                    (
                        try stored.droppedEvents(of: member),
                        try stored.events(of: member, after: query.after, limit: query.limit)
                    )
                }
                guard dropped <= query.after else { throw Refusal(cursorGone: dropped) }
                return rows.isEmpty ? nil : rows.map { WireEvent($0) }
            }
        }
        return (page ?? []).fitting(\.bytes)
    }

    package func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8] {
        let bytes = try await read { stored throws(StoreError) -> [UInt8]? in
            guard let row = try stored.statement(sha256), let key = row.slot.message else {
                return nil
            }
            let isParty =
                if let recipient = row.slot.recipient { member == recipient } else {
                    try stored.copy(key, to: member) != nil
                }
            return member == key.from || isParty ? row.bytes : nil
        }
        // Whoever is no party learns no more than that it is not there.
        guard let bytes else { throw .refused(Refusal(.notFound)) }
        return bytes
    }

    package func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof] {
        try check(statements.count)
        let witnessed = try await refused { () async throws(Refusal) in
            try await node.witnessedCheckpoint(.transport)
        }
        return try await read { stored throws(StoreError) in
            try statements.map { digest throws(StoreError) in
                let proof = try stored.receiptProof(of: digest, witnessed: witnessed)
                return WireProof(statement: digest, proof: proof)
            }
        }
    }

    // MARK: Log and directory

    package func checkpoint(
        _ tree: TreeKind,
        isWitnessed: Bool
    ) async throws(ExchangeError) -> [UInt8] {
        guard tree != .access else { throw .refused(Refusal(.notFound)) }
        let origin = node.origin(tree)
        let checkpoint = try await refused { () async throws(Refusal) -> Checkpoint? in
            if isWitnessed { return try await node.witnessedCheckpoint(tree) }
            return try await node.read { stored throws(StoreError) in
                try stored.checkpoint(of: origin)?.checkpoint
            }
        }
        guard let checkpoint else { throw .refused(Refusal(.notFound)) }
        return checkpoint.note
    }

    package func witnessRequests(
        waitSeconds: Int
    ) async throws(ExchangeError) -> [WitnessRequest] {
        let requests = try await refused { () async throws(Refusal) in
            try await node.witnessFeed.answer(about: member, within: waitSeconds) {
                () async throws(Refusal) -> [WitnessRequest]? in
                let requests = try await node.witnessRequests(of: member)
                return requests.isEmpty ? nil : requests
            }
        }
        return requests ?? []
    }

    package func cosign(_ answers: [WitnessAnswer]) async throws(ExchangeError) {
        try await refused { () async throws(Refusal) in
            try await node.take(answers, of: member)
        }
    }

    package func witness(
        _ request: WitnessRequest
    ) async throws(ExchangeError) -> WitnessAnswer {
        try await refused { () async throws(Refusal) in
            try await node.cosign(request, of: member)
        }
    }

    package func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf] {
        let origin = node.origin(.keys)
        let page = try await refused { () async throws(Refusal) in
            try await node.directoryFeed.answer(about: .keys, within: query.waitSeconds) {
                () async throws(Refusal) -> [WireLeaf]? in
                let leaves = try await node.read { stored throws(StoreError) in
                    try stored.directoryLeaves(
                        of: origin,
                        from: UInt64(max(0, query.after)),
                        limit: query.limit
                    )
                }
                return leaves.isEmpty ? nil : leaves.map { WireLeaf($0) }
            }
        }
        return (page ?? []).fitting(\.bytes)
    }

    package func renew(
        _ requests: [WireCertificateRequest]
    ) async throws(ExchangeError) -> [[UInt8]] {
        try await refused { () async throws(Refusal) in
            try await node.renew(requests, of: member)
        }
    }
}

extension ExchangeSession {
    private func refused<Value>(
        _ body: () async throws(Refusal) -> Value
    ) async throws(ExchangeError) -> Value {
        try await wrap(ExchangeError.refused, body)
    }

    private func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(ExchangeError) -> Answer {
        try await refused { () async throws(Refusal) in try await node.read(query) }
    }

    private func check(_ count: Int) throws(ExchangeError) {
        guard count <= Limits.batchItems else { throw .refused(Refusal(.tooLarge)) }
    }
}
