package import Primitives

/// Somebody who works here, as the others see them. Personal; never printed.
package struct Colleague: Sendable, CustomStringConvertible {
    package let id: AccountID
    package let displayName: String
    package let desks: [DeskID]

    package var description: String { "Colleague" }
}

extension StaffDesk {
    /// Everybody who works here now and reads sheets, by sign-in name.
    package var colleagues: [Colleague] {
        state.withLock { $0.shelf.accounts }
            .filter { $0.state == .active && $0.rights.contains(.readSheets) }
            .map { Colleague(id: $0.id, displayName: $0.displayName, desks: $0.desks) }
    }

    /// Also of somebody who has left.
    package func displayName(of id: AccountID) -> String? {
        state.withLock { $0.shelf.find(id)?.account.displayName }
    }
}
