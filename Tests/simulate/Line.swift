import Delivery
import ExchangeAPI
import Primitives
import TestKit

/// The way between one office and the exchange: it drops, repeats, delays, reorders and is cut.
final class Line: Sendable {
    enum Weather: Sendable { case fair, rough, cut }

    private struct State {
        var weather = Weather.fair
        var fault = OneFault()
        var late: [@Sendable () async -> Void] = []
    }

    private let state = Lock(State())
    private let executor: SeededExecutor
    private let dice: Dice
    private let time: SimulatedTime

    init(_ executor: SeededExecutor, _ dice: Dice, _ time: SimulatedTime) {
        self.executor = executor
        self.dice = dice
        self.time = time
    }

    func set(_ weather: Weather) { state.withLock { $0.weather = weather } }

    /// Loses one request or one answer, of those from now on.
    func fail(_ fault: OneFault) { state.withLock { $0.fault = fault } }
    var isFaultReached: Bool { state.withLock { $0.fault.isReached } }

    /// Requests that were thought lost and arrive now, after those sent later.
    func takeLate() -> [@Sendable () async -> Void] {
        state.withLock { state in
            defer { state.late = [] }
            return state.late
        }
    }

    /// Carries one call. `isHeard` tells whether the caller still lives.
    func carry<Answer: Sendable>(
        isHeard: () -> Bool,
        _ call: @escaping @Sendable () async throws(ExchangeError) -> Answer
    ) async throws(ExchangeError) -> Answer {
        let weather = state.withLock { $0.weather }
        if weather != .fair {
            for _ in 0..<dice.below(4) { await executor.rest() }
            // A slow line: the world goes on meanwhile.
            if dice.isOne(of: 12) { time.advance(by: .seconds(1 + dice.below(12))) }
        }
        guard isHeard() else { throw .unreachable(reason: "dead", sent: false) }
        let fate = weather == .rough ? dice.below(12) : 12
        let moment = state.withLock { $0.fault.comes() }
        if weather == .cut || fate == 0 || moment == .before {
            throw .unreachable(reason: "lost", sent: false)
        }
        if fate == 1 {
            state.withLock { state in
                state.late.append {
                    do throws(ExchangeError) { _ = try await call() } catch {
                        // Nobody waits for this answer any more.
                    }
                }
            }
            throw .unreachable(reason: "late", sent: true)
        }
        let answer = try await call()
        if fate == 2 { _ = try await call() }
        guard isHeard(), fate > 4, moment == nil else {
            throw .unreachable(reason: "lost", sent: true)
        }
        guard fate == 5 else { return answer }
        return try await call()
    }
}
