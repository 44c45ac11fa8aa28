package import Audit
package import Delivery
package import Directory
package import ExchangeAPI
package import Primitives

/// The way from one office of a town to its exchange: it can be cut, and whoever sits on it can
/// change what comes back.
package final class TownWire: ExchangeService {
    /// What is wrong with the way.
    package struct Faults: Sendable {
        package var isDown = false
        /// What every submission gets for an answer, without reaching the exchange.
        package var refusing: Refusal?
        /// The line is too slow for chunks.
        package var losesChunks = false
        /// How many chunks come before the line is cut.
        package var chunksThatCome = Int.max
        package var spoilsChunks = false
        /// Called before each chunk that comes.
        package var onChunk: (@Sendable () -> Void)?
        /// What the exchange's clock shows more than it should.
        package var clockOffset = Duration.zero
        package var listed: (@Sendable (InboxPage?) -> InboxPage?)?
        package var fetched: (@Sendable (WireMessage) -> WireMessage)?
        /// What every fetch gets for an answer.
        package var refusingFetch: Refusal?
        /// Events up to this cursor are no longer kept.
        package var forgotten: Int64?
        package var told: (@Sendable ([WireEvent]) -> [WireEvent])?
        package var proved: (@Sendable ([WireProof]) -> [WireProof])?
        package var acknowledged: (@Sendable ([ItemResult]) -> [ItemResult])?
        /// What a statement gets for an answer, without reaching the exchange.
        package var refusingStatement: (@Sendable (WireStatement) -> Refusal?)?
        package var submitted: (@Sendable ([ItemResult]) -> [ItemResult])?
        package var directory: (@Sendable ([WireLeaf]) -> [WireLeaf])?
        /// Requests for certificates of these uses do not reach the exchange.
        package var lostRenewals: [MemberKeyUsage] = []
        package var checkpoint: (@Sendable ([UInt8]) -> [UInt8])?
        package var witnessed: (@Sendable ([WitnessRequest]) -> [WitnessRequest])?
        /// What the exchange says of the own log.
        package var cosigned: (@Sendable (WitnessAnswer) -> WitnessAnswer)?

        package init() {}
    }

    private struct State: Sendable {
        var base: any ExchangeService
        var faults = Faults()
        var sent: [WireMessage] = []
        var asked: [MessageKey] = []
        var chunksAskedFor = 0
    }

    private let state: Lock<State>

    package init(_ base: any ExchangeService) { state = Lock(State(base: base)) }

    package func connect(_ base: any ExchangeService) { state.withLock { $0.base = base } }

    /// Replaces what is wrong; nothing is, unless a body says so.
    package func fail(_ change: (inout Faults) -> Void = { _ in }) {
        var faults = Faults()
        change(&faults)
        state.withLock { $0.faults = faults }
    }

    /// Messages that were offered, in order.
    package var sent: [WireMessage] { state.withLock { $0.sent } }

    /// Messages that were asked for, in order.
    package var asked: [MessageKey] { state.withLock { $0.asked } }
    package var chunksAskedFor: Int { state.withLock { $0.chunksAskedFor } }

    private var faults: Faults { state.withLock { $0.faults } }

    private func base() throws(ExchangeError) -> any ExchangeService {
        let (base, isDown) = state.withLock { ($0.base, $0.faults.isDown) }
        guard !isDown else { throw .unreachable(reason: "down", sent: false) }
        return base
    }

    package func status() async throws(ExchangeError) -> ExchangeStatus {
        let status = try await base().status()
        return ExchangeStatus(
            exchange: status.exchange,
            suites: status.suites,
            limits: status.limits,
            time: status.time.adding(faults.clockOffset),
            treeSizes: status.treeSizes,
            operatorTelephone: status.operatorTelephone
        )
    }

    package func submit(
        _ messages: [WireMessage]
    ) async throws(ExchangeError) -> [ItemResult] {
        let base = try base()
        state.withLock { $0.sent += messages }
        if let refusal = faults.refusing { return messages.map { _ in .refused(refusal) } }
        let results = try await base.submit(messages)
        return faults.submitted?(results) ?? results
    }

    package func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool {
        try await base().hasChunk(sealedSha256)
    }

    package func putChunk(
        _ sealedSha256: Digest,
        _ bytes: [UInt8]
    ) async throws(ExchangeError) {
        guard !faults.losesChunks else { throw .unreachable(reason: "slow", sent: true) }
        try await base().putChunk(sealedSha256, bytes)
    }

    package func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage? {
        let page = try await base().inbox(query)
        guard let listed = faults.listed else { return page }
        return listed(page)
    }

    package func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult] {
        state.withLock { $0.asked += keys }
        if let refusal = faults.refusingFetch { return keys.map { .refused($0, refusal) } }
        let results = try await base().fetch(keys)
        guard let fetched = faults.fetched else { return results }
        return results.map { result in
            guard case .message(let message, let released, let attempt) = result else {
                return result
            }
            return .message(fetched(message), released: released, attempt: attempt)
        }
    }

    package func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8] {
        let comes = state.withLock { state in
            state.chunksAskedFor += 1
            state.faults.chunksThatCome -= 1
            return state.faults.chunksThatCome >= 0
        }
        guard comes else { throw .unreachable(reason: "cut", sent: true) }
        state.withLock { $0.faults.onChunk }?()
        let bytes = try await base().chunk(of: key, sealedSha256)
        return faults.spoilsChunks ? Array(bytes.dropLast()) : bytes
    }

    package func acknowledge(
        _ statements: [WireStatement]
    ) async throws(ExchangeError) -> [ItemResult] {
        let refused = statements.map { faults.refusingStatement?($0) }
        let passed = zip(statements, refused).filter { $0.1 == nil }.map(\.0)
        var answers = try await base().acknowledge(passed)[...]
        let results = refused.compactMap { refusal in
            refusal.map { ItemResult.refused($0) } ?? answers.popFirst()
        }
        return faults.acknowledged?(results) ?? results
    }

    package func sendProofs(
        _ proofs: [SealedProofs]
    ) async throws(ExchangeError) -> [ItemResult] {
        try await base().sendProofs(proofs)
    }

    package func events(_ query: PageQuery) async throws(ExchangeError) -> [WireEvent] {
        if let forgotten = faults.forgotten, query.after < forgotten {
            throw .refused(Refusal(cursorGone: forgotten))
        }
        let events = try await base().events(query)
        return faults.told?(events) ?? events
    }

    package func deliveries(
        _ query: DeliveryQuery
    ) async throws(ExchangeError) -> [CopyReport] {
        try await base().deliveries(query)
    }

    package func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8] {
        try await base().statement(sha256)
    }

    package func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof] {
        let proofs = try await base().proofs(statements)
        return faults.proved?(proofs) ?? proofs
    }

    package func checkpoint(
        _ tree: TreeKind,
        isWitnessed: Bool
    ) async throws(ExchangeError) -> [UInt8] {
        let note = try await base().checkpoint(tree, isWitnessed: isWitnessed)
        return faults.checkpoint?(note) ?? note
    }

    package func witnessRequests(
        waitSeconds: Int
    ) async throws(ExchangeError) -> [WitnessRequest] {
        let requests = try await base().witnessRequests(waitSeconds: waitSeconds)
        return faults.witnessed?(requests) ?? requests
    }

    package func cosign(_ answers: [WitnessAnswer]) async throws(ExchangeError) {
        try await base().cosign(answers)
    }

    package func witness(
        _ request: WitnessRequest
    ) async throws(ExchangeError) -> WitnessAnswer {
        let answer = try await base().witness(request)
        return faults.cosigned?(answer) ?? answer
    }

    package func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf] {
        let leaves = try await base().directory(query)
        return faults.directory?(leaves) ?? leaves
    }

    package func renew(
        _ requests: [WireCertificateRequest]
    ) async throws(ExchangeError) -> [[UInt8]] {
        guard !requests.contains(where: { faults.lostRenewals.contains($0.usage) }) else {
            throw .unreachable(reason: "lost", sent: true)
        }
        return try await base().renew(requests)
    }
}
