package import Audit
package import Delivery
package import ExchangeAPI
package import Primitives

/// An exchange behind a network that loses, repeats and delays, by a seed.
///
/// A lost answer is the hard case: the exchange has acted, and the caller does not know.
package struct LossyExchange: ExchangeService {
    /// Of ten calls, how many are lost on the way, acted on without an answer, and made twice.
    package struct Faults: Sendable {
        package var lostRequests = 1
        package var lostAnswers = 2
        package var repeats = 2
        /// At most so many turns of others before a call goes through.
        package var delays: UInt64 = 8

        package init() {}
    }

    private let base: any ExchangeService
    private let faults: Faults
    private let random: any RandomSource

    package init(
        _ base: any ExchangeService,
        seed: UInt64,
        faults: Faults = Faults()
    ) {
        self.base = base
        self.faults = faults
        random = SeededRandom(seed: seed)
    }

    private func pass<Answer: Sendable>(
        _ call: () async throws(ExchangeError) -> Answer
    ) async throws(ExchangeError) -> Answer {
        for _ in 0..<random.number(below: faults.delays + 1) { await Task.yield() }
        let fate = Int(random.number(below: 10))
        if fate < faults.lostRequests { throw .unreachable(reason: "lost", sent: false) }
        let answer = try await call()
        if fate < faults.lostRequests + faults.lostAnswers {
            throw .unreachable(reason: "lost", sent: true)
        }
        guard fate < faults.lostRequests + faults.lostAnswers + faults.repeats else {
            return answer
        }
        return try await call()
    }

    package func status() async throws(ExchangeError) -> ExchangeStatus {
        try await pass { () async throws(ExchangeError) in try await base.status() }
    }

    package func submit(
        _ messages: [WireMessage]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await pass { () async throws(ExchangeError) in try await base.submit(messages) }
    }

    package func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool {
        try await pass { () async throws(ExchangeError) in try await base.hasChunk(sealedSha256) }
    }

    package func putChunk(
        _ sealedSha256: Digest,
        _ bytes: [UInt8]
    ) async throws(ExchangeError) {
        try await pass { () async throws(ExchangeError) in
            try await base.putChunk(sealedSha256, bytes)
        }
    }

    package func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage? {
        try await pass { () async throws(ExchangeError) in try await base.inbox(query) }
    }

    package func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult] {
        try await pass { () async throws(ExchangeError) in try await base.fetch(keys) }
    }

    package func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8] {
        try await pass { () async throws(ExchangeError) in
            try await base.chunk(of: key, sealedSha256)
        }
    }

    package func acknowledge(
        _ statements: [WireStatement]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await pass { () async throws(ExchangeError) in try await base.acknowledge(statements) }
    }

    package func sendProofs(
        _ proofs: [SealedProofs]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await pass { () async throws(ExchangeError) in try await base.sendProofs(proofs) }
    }

    package func events(_ query: PageQuery) async throws(ExchangeError) -> [WireEvent] {
        try await pass { () async throws(ExchangeError) in try await base.events(query) }
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(ExchangeError) -> [CopyReport] {
        try await pass { () async throws(ExchangeError) in try await base.deliveries(query) }
    }

    package func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8] {
        try await pass { () async throws(ExchangeError) in try await base.statement(sha256) }
    }

    package func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof] {
        try await pass { () async throws(ExchangeError) in try await base.proofs(statements) }
    }

    package func checkpoint(
        _ tree: TreeKind,
        isWitnessed: Bool
    ) async throws(ExchangeError) -> [UInt8] {
        try await pass { () async throws(ExchangeError) in
            try await base.checkpoint(tree, isWitnessed: isWitnessed)
        }
    }

    package func witnessRequests(
        waitSeconds: Int
    ) async throws(ExchangeError) -> [WitnessRequest] {
        try await pass { () async throws(ExchangeError) in
            try await base.witnessRequests(waitSeconds: waitSeconds)
        }
    }

    package func cosign(_ answers: [WitnessAnswer]) async throws(ExchangeError) {
        try await pass { () async throws(ExchangeError) in try await base.cosign(answers) }
    }

    package func witness(
        _ request: WitnessRequest
    ) async throws(ExchangeError) -> WitnessAnswer {
        try await pass { () async throws(ExchangeError) in try await base.witness(request) }
    }

    package func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf] {
        try await pass { () async throws(ExchangeError) in try await base.directory(query) }
    }

    package func renew(
        _ requests: [WireCertificateRequest]
    ) async throws(ExchangeError) -> [[UInt8]] {
        try await pass { () async throws(ExchangeError) in try await base.renew(requests) }
    }
}
