import Primitives
import Storage
import TestKit

/// A fault of one call, counted from 1; 0 is none.
struct OneFault: Sendable {
    var call = 0
    var moment = Faults.Moment.before
    private var calls = 0

    init(call: Int = 0, _ moment: Faults.Moment = .before) {
        self.call = call
        self.moment = moment
    }

    var isReached: Bool { calls >= call }

    /// Counts a call and tells whether it is the one.
    mutating func comes() -> Faults.Moment? {
        calls += 1
        return calls == call ? moment : nil
    }
}

/// One run of a process, from its start to its end: the disk it writes to, and the commit at which
/// it dies. A dead process stores nothing and says nothing.
final class Life: Sendable {
    enum Disk: Sendable { case sound, full, failing }

    private struct State {
        var isOver = false
        var calls = 0
        var end: (call: Int, moment: Faults.Moment)?
        var disk = Disk.sound
        var fault = OneFault()
    }

    private let state = Lock(State())
    private let executor: SeededExecutor
    private let dice: Dice

    init(_ executor: SeededExecutor, _ dice: Dice) {
        self.executor = executor
        self.dice = dice
    }

    var isOver: Bool { state.withLock { $0.isOver } }
    func end() { state.withLock { $0.isOver = true } }

    /// Ends it at one of the commits to come.
    func end(in calls: Int, _ moment: Faults.Moment) {
        state.withLock { $0.end = ($0.calls + calls, moment) }
    }

    func set(_ disk: Disk) { state.withLock { $0.disk = disk } }

    /// Fails one call of the store, of those from now on.
    func fail(_ fault: OneFault) { state.withLock { $0.fault = fault } }
    var isFaultReached: Bool { state.withLock { $0.fault.isReached } }

    func reading<Answer>(
        _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let disk = state.withLock { $0.isOver ? nil : $0.disk }
        guard let disk else { throw .closed }
        if disk == .failing, dice.isOne(of: 20) { throw .unavailable(code: 5) }
        guard state.withLock({ $0.fault.comes() }) == nil else { throw .unavailable(code: 5) }
        return try await call()
    }

    private enum Fate { case over, passes, fails(StoreError), endsBefore, endsAfterwards }

    func writing<Answer>(
        _ call: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        // Between a decision and its commit others may come first.
        if dice.isOne(of: 3) { await executor.rest() }
        switch fate() {
        case .over: throw .closed
        case .passes:
            let moment = state.withLock { $0.fault.comes() }
            if moment == .before { throw .unavailable(code: 5) }
            let answer = try await call()
            if moment == .afterwards { throw .unavailable(code: 5) }
            guard !isOver else { throw .closed }
            return answer
        case .fails(let error): throw error
        case .endsBefore:
            end()
            throw .closed
        case .endsAfterwards:
            _ = try await call()
            end()
            throw .closed
        }
    }

    private func fate() -> Fate {
        let dice = dice
        return state.withLock { state in
            guard !state.isOver else { return .over }
            state.calls += 1
            if let end = state.end, state.calls >= end.call {
                return end.moment == .before ? .endsBefore : .endsAfterwards
            }
            switch state.disk {
            case .sound: return .passes
            case .full: return .fails(.full)
            case .failing: return dice.isOne(of: 3) ? .fails(.unavailable(code: 5)) : .passes
            }
        }
    }
}
