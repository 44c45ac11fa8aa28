import BrowserKit

/// A page of the walk that is looked at.
struct Stop: Sendable {
    /// Whose page.
    enum Side: Sendable { case care, hospital }

    /// Begins the names of its files.
    let name: String
    let side: Side
    /// Whether it is also printed.
    let isPrinted: Bool
    /// From where the stop before it ended.
    let go: @Sendable (Walk) async throws -> Void

    init(
        _ name: String,
        _ side: Side = .care,
        isPrinted: Bool = false,
        _ go: @escaping @Sendable (Walk) async throws -> Void
    ) {
        self.name = name
        self.side = side
        self.isPrinted = isPrinted
        self.go = go
    }

    func browser(of walk: Walk) -> Browser {
        side == .care ? walk.care.browser : walk.hospital.browser
    }
}
