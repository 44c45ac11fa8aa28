import Audit
import Delivery
import Exchange
import ExchangeAPI
import Primitives
import Storage
import TestKit

/// The exchange as one run of one office reaches it: over its line, and with the witness beside it.
struct OfficeWire: ExchangeService {
    let member: MemberID
    let life: Life
    let line: Line
    let exchange: ExchangeSide
    let witness: Witness

    /// Makes one call over the line; `told` sees what has left the exchange, whether or not it
    /// arrives.
    private func call<Answer: Sendable>(
        _ body: @escaping @Sendable (ExchangeSession) async throws(ExchangeError) -> Answer,
        told: @escaping @Sendable (Answer) -> Void = { _ in }
    ) async throws(ExchangeError) -> Answer {
        let (exchange, member, life) = (exchange, member, life)
        let once: @Sendable () async throws(ExchangeError) -> Answer = {
            () async throws(ExchangeError) in
            let (session, server) = try exchange.session(of: member)
            let answer: Answer
            do throws(ExchangeError) { answer = try await body(session) } catch {
                guard !server.isOver else { throw .unreachable(reason: "died", sent: true) }
                throw error
            }
            guard !server.isOver else { throw .unreachable(reason: "died", sent: true) }
            told(answer)
            return answer
        }
        return try await line.carry(isHeard: { !life.isOver }, once)
    }

    private func exchangeSpoke(_ bytes: [UInt8]?) {
        if let bytes { witness.spoke(PartyID(exchange.id), bytes) }
    }

    func status() async throws(ExchangeError) -> ExchangeStatus {
        try await call { session throws(ExchangeError) in try await session.status() }
    }

    func submit(_ messages: [WireMessage]) async throws(ExchangeError) -> [ItemResult] {
        try await call { session throws(ExchangeError) in
            try await session.submit(messages)
        } told: { results in
            for result in results { exchangeSpoke(result.receipt) }
        }
    }

    func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool {
        try await call { session throws(ExchangeError) in
            try await session.hasChunk(sealedSha256)
        }
    }

    func putChunk(_ sealedSha256: Digest, _ bytes: [UInt8]) async throws(ExchangeError) {
        try await call { session throws(ExchangeError) in
            try await session.putChunk(sealedSha256, bytes)
        }
    }

    func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage? {
        try await call { session throws(ExchangeError) in try await session.inbox(query) }
    }

    func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult] {
        try await call { session throws(ExchangeError) in
            try await session.fetch(keys)
        } told: { results in
            for case .message(let message, _, _) in results { exchangeSpoke(message.accepted) }
        }
    }

    func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8] {
        try await call { session throws(ExchangeError) in
            try await session.chunk(of: key, sealedSha256)
        }
    }

    func acknowledge(_ statements: [WireStatement]) async throws(ExchangeError) -> [ItemResult] {
        if !life.isOver {
            for statement in statements { witness.spoke(PartyID(member), statement.bytes) }
        }
        return try await call { session throws(ExchangeError) in
            try await session.acknowledge(statements)
        }
    }

    func sendProofs(_ proofs: [SealedProofs]) async throws(ExchangeError) -> [ItemResult] {
        try await call { session throws(ExchangeError) in try await session.sendProofs(proofs) }
    }

    func events(_ query: PageQuery) async throws(ExchangeError) -> [WireEvent] {
        try await call { session throws(ExchangeError) in
            try await session.events(query)
        } told: { events in
            for event in events {
                guard case .statement(let statement) = event.body else { continue }
                witness.carried(statement.bytes, by: exchange.id)
            }
        }
    }

    func deliveries(_ query: DeliveryQuery) async throws(ExchangeError) -> [CopyReport] {
        try await call { session throws(ExchangeError) in try await session.deliveries(query) }
    }

    func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8] {
        try await call { session throws(ExchangeError) in try await session.statement(sha256) }
    }

    func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof] {
        try await call { session throws(ExchangeError) in try await session.proofs(statements) }
    }

    func checkpoint(
        _ tree: TreeKind,
        isWitnessed: Bool
    ) async throws(ExchangeError) -> [UInt8] {
        try await call { session throws(ExchangeError) in
            try await session.checkpoint(tree, isWitnessed: isWitnessed)
        }
    }

    func witnessRequests(waitSeconds: Int) async throws(ExchangeError) -> [WitnessRequest] {
        try await call { session throws(ExchangeError) in
            try await session.witnessRequests(waitSeconds: waitSeconds)
        }
    }

    func cosign(_ answers: [WitnessAnswer]) async throws(ExchangeError) {
        try await call { session throws(ExchangeError) in try await session.cosign(answers) }
    }

    func witness(_ request: WitnessRequest) async throws(ExchangeError) -> WitnessAnswer {
        try await call { session throws(ExchangeError) in try await session.witness(request) }
    }

    func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf] {
        try await call { session throws(ExchangeError) in try await session.directory(query) }
    }

    func renew(_ requests: [WireCertificateRequest]) async throws(ExchangeError) -> [[UInt8]] {
        try await call { session throws(ExchangeError) in try await session.renew(requests) }
    }
}
