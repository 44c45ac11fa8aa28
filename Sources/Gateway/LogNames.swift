import Audit
import Primitives

/// The names that the own log has had: values are sealed for the name that was in force when their
/// leaf was written.
struct LogNames: Sendable {
    let present: TreeOrigin
    /// Each with the place of the first leaf that was written under the next one.
    private let former: [(end: UInt64, name: TreeOrigin)]

    init(_ present: TreeOrigin, recoveries: [TreeRecovery]) {
        self.present = present
        former = recoveries.map { ($0.found.size, $0.origin) }
    }

    func name(at index: UInt64) -> TreeOrigin {
        former.first { index < $0.end }?.name ?? present
    }
}
