import BrowserKit

/// A place of the walk that is looked at.
struct Stop: Sendable {
    /// Begins the names of its files.
    let name: String
    /// Whether it is also printed.
    let isPrinted: Bool
    /// From where the stop before it ended.
    let go: @Sendable (Browser) async throws -> Void

    init(
        _ name: String,
        isPrinted: Bool = false,
        _ go: @escaping @Sendable (Browser) async throws -> Void
    ) {
        self.name = name
        self.isPrinted = isPrinted
        self.go = go
    }

    /// The walk, in its order.
    static let all: [Stop] = []
}
