import Audit
import Cryptography
import Delivery
import Directory
package import ExchangeAPI
package import Primitives
import Storage

/// The exchange as one member sees it.
package struct ExchangeSession: ExchangeService {
    let node: ExchangeNode
    let member: MemberID

    package func status() async throws(ExchangeError) -> ExchangeStatus {
        let trees = try await refused { () async throws(Refusal) in
            try await node.read { stored throws(StoreError) in try stored.trees() }
        }
        var sizes: [TreeKind: UInt64] = [:]
        for tree in trees where tree.closedAt == nil { sizes[tree.origin.kind] = tree.size }
        return ExchangeStatus(
            exchange: node.identity.id,
            suites: Suite.allCases.map(\.rawValue),
            time: node.time.now,
            treeSizes: sizes,
            operatorTelephone: node.settings.operatorTelephone
        )
    }

    package func submit(
        _ messages: [WireMessage]
    ) async throws(ExchangeError) -> [ItemResult] {
        let results = await node.settleAll(messages.count) { index async throws(Refusal) in
            try await node.decide(submission: messages[index], of: member)
        }
        for recipient in Set(results.indices.flatMap { recipients(messages[$0], results[$0]) }) {
            node.mailboxes.notify(recipient)
        }
        return results.map(ItemResult.init)
    }

    private func recipients(
        _ message: WireMessage,
        _ result: Result<ItemResult, Refusal>
    ) -> [MemberID] {
        guard case .success(let item) = result, item.status == 201 else { return [] }
        do throws(DecodingRefusal) {
            return try Routing(reading: message.routing).to.map(\.memberID)
        } catch { return [] }
    }

    package func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool {
        try await refused { () async throws(Refusal) in
            try await node.read { stored throws(StoreError) in
                try stored.uploaded([sealedSha256], by: member).contains(sealedSha256)
            }
        }
    }

    package func putChunk(
        _ sealedSha256: Digest,
        _ bytes: [UInt8]
    ) async throws(ExchangeError) {
        try await refused { () async throws(Refusal) in
            guard bytes.count <= Limits.chunkSealedBytes else { throw Refusal(.tooLarge) }
            guard SHA256.hash(bytes) == sealedSha256 else { throw Refusal(.hashDiffers) }
            let open = try await node.read { stored throws(StoreError) in
                try stored.openChunkBytes(of: member)
            }
            guard open + Int64(bytes.count) <= node.settings.openChunkBytes else {
                throw Refusal(.quotaExceeded, retryAfterSeconds: 60)
            }
            try await node.keep([
                .chunk(
                    UploadedChunk(
                        member: member,
                        sha256: sealedSha256,
                        sealed: bytes,
                        storedAt: node.time.now
                    )
                )
            ])
        }
    }

    package func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage? {
        try await waiting(query.waitSeconds) { () async throws(Refusal) -> InboxPage? in
            let (revision, items) = try await node.read { stored throws(StoreError) in
                (
                    try stored.mailboxRevision(of: member),
                    try stored.inbox(of: member, limit: query.limit)
                )
            }
            guard revision > query.since else { return nil }
            return InboxPage(revision: revision, items: items.map(InboxLine.init))
        }
    }

    package func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult] {
        let results = await node.settleAll(keys.count) { index async throws(Refusal) in
            try await node.decide(releaseOf: keys[index], to: member)
        }
        var fetched: [FetchResult] = []
        for (key, result) in zip(keys, results) {
            fetched.append(await node.body(of: key, result, for: member))
        }
        return fetched
    }

    package func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8] {
        try await refused { () async throws(Refusal) in
            let bytes = try await node.read { stored throws(StoreError) -> [UInt8]? in
                guard let copy = try stored.copy(key, to: member), copy.releasedAt != nil else {
                    return nil
                }
                return try stored.chunk(sealedSha256, of: key)
            }
            guard let bytes else { throw Refusal(.notFound) }
            return bytes
        }
    }

    package func acknowledge(
        _ statements: [WireStatement]
    ) async throws(ExchangeError) -> [ItemResult] {
        // One after another: a later receipt of a batch may rest on an earlier one.
        var results: [ItemResult] = []
        for item in statements {
            results.append(await node.acknowledge(item, from: member))
        }
        return results
    }

    package func sendProofs(
        _ proofs: [SealedProofs]
    ) async throws(ExchangeError) -> [ItemResult] {
        let now = node.time.now
        try await refused { () async throws(Refusal) in
            for proof in proofs where node.view.member(proof.to) == nil {
                throw Refusal(.unknownRecipient)
            }
            try await node.keep(
                proofs.map { .proofs(from: member, to: $0.to, sealed: $0.bytes, at: now) }
            )
        }
        for proof in proofs { node.mailboxes.notify(proof.to) }
        return proofs.map { _ in .done(isNew: true) }
    }

    package func events(_ query: PageQuery) async throws(ExchangeError) -> [WireEvent] {
        let page = try await waiting(query.waitSeconds) { () async throws(Refusal) in
            let rows = try await node.read { stored throws(StoreError) -> [EventRow]? in
                guard try stored.droppedEvents(of: member) <= query.after else { return nil }
                return try stored.events(of: member, after: query.after, limit: query.limit)
            }
            guard let rows else { throw Refusal(.cursorGone) }
            return rows.isEmpty ? nil : rows.map(WireEvent.init)
        }
        return page ?? []
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(ExchangeError) -> [CopyReport] {
        try await refused { () async throws(Refusal) in
            let rows = try await node.read { stored throws(StoreError) -> [DeliveryRow] in
                guard let id = query.messageID else {
                    return try stored.deliveries(
                        of: member,
                        state: nil,
                        after: 0,
                        limit: query.limit
                    )
                }
                let key = MessageKey(from: member, messageID: id)
                return try stored.delivery(key).map { [$0] } ?? []
            }
            guard !rows.isEmpty || query.messageID == nil else { throw Refusal(.notFound) }
            return rows.flatMap(CopyReport.list)
        }
    }

    package func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8] {
        try await refused { () async throws(Refusal) in
            let row = try await node.read { stored throws(StoreError) in
                try stored.statement(sha256)
            }
            // Whoever is no party learns no more than that it is not there.
            guard let row, let key = row.slot.message,
                member == key.from || member == row.slot.recipient
                    || row.type == .accepted
            else { throw Refusal(.notFound) }
            return row.bytes
        }
    }

    package func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof] {
        try await refused { () async throws(Refusal) in
            try await node.read { stored throws(StoreError) in
                try statements.map { digest throws(StoreError) in
                    WireProof(statement: digest, proof: try stored.receiptProof(of: digest))
                }
            }
        }
    }

    package func checkpoint(_ tree: TreeKind) async throws(ExchangeError) -> [UInt8] {
        let origin = node.origin(tree)
        return try await refused { () async throws(Refusal) in
            let checkpoint = try await node.read { stored throws(StoreError) in
                try stored.checkpoint(of: origin)
            }
            guard let checkpoint else { throw Refusal(.notFound) }
            return checkpoint.note
        }
    }

    package func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf] {
        let origin = node.origin(.keys)
        let page = try await waiting(query.waitSeconds, on: .keys) {
            () async throws(Refusal) -> [WireLeaf]? in
            let leaves = try await node.read { stored throws(StoreError) in
                try stored.directoryLeaves(
                    of: origin,
                    from: UInt64(query.after),
                    limit: query.limit
                )
            }
            return leaves.isEmpty ? nil : leaves.map(WireLeaf.init)
        }
        return page ?? []
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

    /// Asks until there is news, or the time is up.
    private func waiting<Page: Sendable>(
        _ seconds: Int,
        on feed: TreeKind? = nil,
        _ ask: @escaping @Sendable () async throws(Refusal) -> Page?
    ) async throws(ExchangeError) -> Page? {
        let deadline = node.time.uptime + .seconds(min(seconds, Limits.waitSeconds))
        while true {
            if let page = try await refused(ask) { return page }
            guard node.time.uptime < deadline else { return nil }
            let isNews: @Sendable () async -> Bool = {
                do throws(Refusal) { return try await ask() != nil } catch { return true }
            }
            let wake: Wake
            if let feed {
                wake = await node.directoryFeed.wait(feed, until: deadline, isNews: isNews)
            } else {
                wake = await node.mailboxes.wait(member, until: deadline, isNews: isNews)
            }
            guard wake == .news else { return try await refused(ask) }
        }
    }
}
