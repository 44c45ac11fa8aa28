import ExchangeAPI
package import Primitives

/// The only loop of an organisation: carries between its store and the exchange. It decides nothing
/// itself; every step is an act of the gateway that may be repeated.
package struct Courier: Sendable {
    private let gateway: OrganisationGateway
    private let report: @Sendable (any Explained) -> Void
    private let waitSeconds: Int

    /// The exchange may hold a call for `waitSeconds` while nothing is new. `report` is told of
    /// every failure; nothing personal is in it.
    package init(
        _ gateway: OrganisationGateway,
        waitSeconds: Int = Limits.waitSeconds,
        report: @escaping @Sendable (any Explained) -> Void
    ) {
        self.gateway = gateway
        self.waitSeconds = waitSeconds
        self.report = report
    }

    /// Runs until cancelled.
    package func run() async {
        let gateway = gateway
        let waitSeconds = waitSeconds
        let report = report
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await loop { () async throws(GatewayError) in
                    try await gateway.sendOut(report)
                    await gateway.bell.wait(
                        until: gateway.time.uptime + .seconds(1),
                        gateway.time
                    )
                }
            }
            group.addTask {
                await loop { () async throws(GatewayError) in
                    try await gateway.receive(waitSeconds: waitSeconds)
                }
            }
            group.addTask {
                await loop { () async throws(GatewayError) in
                    try await gateway.takeEvents(waitSeconds: waitSeconds)
                }
            }
            group.addTask {
                await loop { () async throws(GatewayError) in
                    // Witnesses need no more than some seconds: to be asked again soon.
                    let wait = gateway.isAheadOfWitnesses ? min(1, waitSeconds) : waitSeconds
                    let isNew = try await gateway.syncDirectory(waitSeconds: wait)
                    try await gateway.followWitnesses()
                    if isNew { try await gateway.retryWaiting() } else { await rest(.seconds(1)) }
                }
            }
            group.addTask {
                await loop { () async throws(GatewayError) in
                    if try await !gateway.cosignExchange(waitSeconds: waitSeconds) {
                        await rest(.seconds(60))
                    }
                }
            }
            group.addTask {
                await loop { () async throws(GatewayError) in
                    try await gateway.keepHouse()
                    if gateway.isRetryDue() { try await gateway.retryWaiting() }
                    try await gateway.reconcileDays()
                    // Of an emergency its sender is told within minutes.
                    await rest(.seconds(30))
                }
            }
        }
    }

    /// Repeats `step`; after a failure waits by the back-off of `exchange-api.md` 14.
    private func loop(_ step: @Sendable () async throws(GatewayError) -> Void) async {
        var failures = 0
        while !Task.isCancelled {
            do throws(GatewayError) {
                try await step()
                failures = 0
            } catch {
                guard !Task.isCancelled else { return }
                report(error)
                failures += 1
                await rest(
                    BackOff.delay(
                        failures: failures,
                        notBefore: error.retryAfter,
                        gateway.random
                    )
                )
            }
        }
    }

    private func rest(_ duration: Duration) async {
        do throws(CancellationError) { try await gateway.time.sleep(for: duration) } catch {
            // Cancelled: the loop ends.
        }
    }

    /// One round of everything, in order; for tests that drive time themselves. A step that fails
    /// leaves the others their turn.
    package func round() async throws(GatewayError) {
        let gateway = gateway
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in try await gateway.keepHouse() }
        await turns.take { () async throws(GatewayError) in
            _ = try await gateway.syncDirectory(waitSeconds: 0)
        }
        await turns.take { () async throws(GatewayError) in
            _ = try await gateway.cosignExchange(waitSeconds: 0)
        }
        await turns.take { () async throws(GatewayError) in try await gateway.followWitnesses() }
        await turns.take { () async throws(GatewayError) in try await gateway.retryWaiting() }
        await carry(&turns)
        try turns.end()
    }

    /// The part of a round for which something has come or is to go; not what time alone asks for.
    package func carry() async throws(GatewayError) {
        let gateway = gateway
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in
            _ = try await gateway.syncDirectory(waitSeconds: 0)
        }
        await turns.take { () async throws(GatewayError) in try await gateway.followWitnesses() }
        await carry(&turns)
        try turns.end()
    }

    private func carry(_ turns: inout Turns) async {
        let gateway = gateway
        let report = report
        await turns.take { () async throws(GatewayError) in try await gateway.sendOut(report) }
        await turns.take { () async throws(GatewayError) in
            try await gateway.receive(waitSeconds: 0)
        }
        await turns.take { () async throws(GatewayError) in
            try await gateway.takeEvents(waitSeconds: 0)
        }
        await turns.take { () async throws(GatewayError) in try await gateway.sendOut(report) }
        await turns.take { () async throws(GatewayError) in try await gateway.reconcileDays() }
    }
}

/// Random waits between tries, so that many gateways do not come back at the same moment.
package enum BackOff {
    private static let base = Duration.seconds(1)
    private static let cap = Duration.seconds(60)
    /// Whatever the exchange asks for: one wrong answer does not end a loop for ever.
    private static let longest = Duration.hours(1)

    package static func delay(
        failures: Int,
        notBefore: Duration?,
        _ random: some RandomSource
    ) -> Duration {
        let bound = min(cap, base * (1 << min(failures, 10)))
        let drawn = Duration.milliseconds(
            Int64(random.number(below: UInt64(bound.inMilliseconds) + 1))
        )
        return max(drawn, min(notBefore ?? .zero, longest))
    }
}

extension GatewayError {
    /// The exchange's own lower bound for the next try.
    var retryAfter: Duration? {
        guard case .exchange(.refused(let refusal)) = self else { return nil }
        return refusal.retryAfterSeconds.map { .seconds($0) }
    }
}

/// Several steps that each get their turn, whatever became of those before them.
struct Turns {
    private var failure: GatewayError?

    mutating func take(_ step: () async throws(GatewayError) -> Void) async {
        do throws(GatewayError) { try await step() } catch { failure = failure ?? error }
    }

    /// - Throws: the first failure.
    func end() throws(GatewayError) { if let failure { throw failure } }
}

extension OrganisationGateway {
    /// Everything that leaves: seal what is due, submit, report statements and proofs.
    func sendOut(_ report: Report) async throws(GatewayError) {
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in try await self.sealDue(report) }
        try await meetExchange()
        await turns.take { () async throws(GatewayError) in
            try await self.submitSealed(report)
        }
        await turns.take { () async throws(GatewayError) in try await self.reportStatements() }
        await turns.take { () async throws(GatewayError) in try await self.checkpointIfDue() }
        await turns.take { () async throws(GatewayError) in try await self.handInCheckpoint() }
        await turns.take { () async throws(GatewayError) in try await self.fetchProofs() }
        await turns.take { () async throws(GatewayError) in try await self.sendProofs() }
        try turns.end()
    }
}
