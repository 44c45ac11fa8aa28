/// The seam for time. The live one is made in `renkei`, the driven one in `TestKit`.
package protocol TimeSource: Sendable {
    /// Wall clock.
    var now: Timestamp { get }
    /// Time since some fixed moment of this process; never goes back.
    var uptime: Duration { get }
    /// Returns when `uptime` has reached `deadline`.
    func sleep(until deadline: Duration) async throws(CancellationError)
}

extension TimeSource {
    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await sleep(until: uptime + duration)
    }
}
