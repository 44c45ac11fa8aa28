import Primitives

/// In how many lanes work is done whose parts do not wait for each other. In one lane the order is
/// that of the items; with more it is the machine's, and a seed no longer repeats the run.
struct Lanes: Sendable {
    let count: Int

    static let one = Lanes(count: 1)

    /// Does it for each; as many at once as there are lanes.
    func each<Item: Sendable>(
        _ items: some Sequence<Item>,
        _ body: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        guard count > 1 else {
            for item in items { try await body(item) }
            return
        }
        let rest = Lock(Array(items)[...])
        try await withThrowingTaskGroup { group in
            for _ in 0..<count {
                group.addTask {
                    while let item = rest.withLock({ $0.popFirst() }) { try await body(item) }
                }
            }
            try await group.waitForAll()
        }
    }
}
