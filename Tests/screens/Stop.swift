import BrowserKit

/// A page of the walk that is looked at.
struct Stop: Sendable {
    /// Whose page.
    enum Side: Sendable { case care, hospital, clinic }

    /// Begins the names of its files.
    let name: String
    let side: Side
    /// Whether it is also printed.
    let isPrinted: Bool
    /// Whether its PDF, drawn by the program itself, is kept.
    let hasPaper: Bool
    /// In which its page is.
    let language: String
    /// From where the stop before it ended.
    let go: @Sendable (Walk) async throws -> Void

    init(
        _ name: String,
        _ side: Side = .care,
        isPrinted: Bool = false,
        hasPaper: Bool = false,
        language: String = "ja",
        _ go: @escaping @Sendable (Walk) async throws -> Void
    ) {
        self.name = name
        self.side = side
        self.isPrinted = isPrinted
        self.hasPaper = hasPaper
        self.language = language
        self.go = go
    }

    func browser(of walk: Walk) -> Browser {
        switch side {
        case .care: walk.care.browser
        case .hospital: walk.hospital.browser
        case .clinic: walk.clinic?.browser ?? walk.care.browser
        }
    }
}
