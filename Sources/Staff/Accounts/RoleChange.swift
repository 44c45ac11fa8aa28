/// Which roles somebody had and has, as it stands in the log: `author, sender → auditor`.
package struct RoleChange: Sendable {
    package let from: [StaffRole]
    package let to: [StaffRole]

    init(from: Set<StaffRole>, to: Set<StaffRole>) {
        self.from = StaffRole.allCases.filter(from.contains)
        self.to = StaffRole.allCases.filter(to.contains)
    }

    /// nil for a text of another form.
    package init?(_ text: String) {
        let sides = text.components(by: " → ").map { side in
            side.components(by: ", ").map(StaffRole.init(rawValue:))
        }
        guard sides.count == 2, !sides.joined().contains(nil) else { return nil }
        (from, to) = (sides[0].compactMap(\.self), sides[1].compactMap(\.self))
    }

    package var text: String {
        [from, to].map { $0.map(\.rawValue).joined(separator: ", ") }.joined(separator: " → ")
    }
}

extension String {
    fileprivate func components(by separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: true).map(String.init)
    }
}
