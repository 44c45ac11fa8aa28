package import Primitives

/// Wakes a loop that waits for work. Ringing while nobody waits is remembered once.
package final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Lock(State())

    package init() {}

    package func ring() {
        let waiting = state.withLock { state in
            state.isRung = state.waiting == nil
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Returns at the next ring, at `deadline`, or when cancelled. One loop waits at a time.
    package func wait(until deadline: Duration, _ time: any TimeSource) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(CancellationError) {
                    try await time.sleep(until: deadline)
                    self.ring()
                } catch {
                    // Rung meanwhile, or cancelled: the loop that waits sees it itself.
                }
            }
            await withTaskCancellationHandler {
                await ringing()
            } onCancel: {
                ring()
            }
            group.cancelAll()
        }
    }

    private func ringing() async {
        await withCheckedContinuation { continuation in
            let isRung = state.withLock { state in
                guard !state.isRung else {
                    state.isRung = false
                    return true
                }
                state.waiting = continuation
                return false
            }
            if isRung { continuation.resume() }
        }
    }
}
