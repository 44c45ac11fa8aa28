import HTTP
package import Primitives

/// Where calls wait until there is an answer for their key, or their time is up.
package struct WaitingRoom<Key: Hashable & Sendable>: Sendable {
    private let hub: LongPollHub<Key>
    private let time: any TimeSource

    /// Over `waitersPerKey`, the one that has waited longest is answered.
    package init(
        time: any TimeSource,
        random: any RandomSource,
        waitersPerKey: Int = Limits.parkedWaitsPerMember
    ) {
        self.time = time
        hub = LongPollHub(time: time, random: random, waitersPerKey: waitersPerKey)
    }

    /// How many wait now.
    package var count: Int { hub.count }

    /// What `ask` gives, asked again after each `notify` of `key` for at most `seconds`; nil when
    /// there was nothing until then.
    package func answer<Page: Sendable>(
        about key: Key,
        within seconds: Int,
        _ ask: () async throws(Refusal) -> Page?
    ) async throws(Refusal) -> Page? {
        guard seconds > 0 else { return try await ask() }
        let deadline = time.uptime + .seconds(min(seconds, Limits.waitSeconds))
        var found: Result<Page?, Refusal> = .success(nil)
        repeat {
            let wake = await hub.wait(key, until: deadline) {
                do throws(Refusal) { found = .success(try await ask()) } catch {
                    found = .failure(error)
                }
                if case .success(nil) = found { return false }
                return true
            }
            if let page = try found.get() { return page }
            guard wake == .news else { return nil }
        } while time.uptime < deadline
        return nil
    }

    /// Wakes those who wait for news of `key`. Call it after the commit.
    package func notify(_ key: Key) { hub.notify(key) }

    /// Wakes everybody and lets nobody wait from now on.
    package func drain() async { await hub.drain() }
}
