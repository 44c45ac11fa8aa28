package import Directory
import Primitives
import Sheets

/// Finds the members a sheet is addressed to: by office number, else by type and name.
struct Addressing: Sendable {
    let view: DirectoryView

    /// Members that are suspended count only where nobody else fits: a wrong entry is mended by
    /// suspending it.
    ///
    /// - Throws: `recipientUnknown` or `recipientAmbiguous` with the index in the sheet.
    func members(
        of sheet: Sheet,
        among wanted: Set<MemberID>? = nil
    ) throws(GatewayError) -> [Membership] {
        var found: [Membership] = []
        for (index, recipient) in sheet.recipients.enumerated() {
            let known =
                recipient.officeNumber.map { view.memberships(numbered: $0) } ?? view.memberships
            let fitting = known.filter { fits(recipient, $0) }
            let active = fitting.filter { $0.standing.status == .active }
            let chosen = active.isEmpty ? fitting : active
            // Who is left out need not be there any more.
            if let wanted, wanted.isDisjoint(with: fitting.map(\.memberID)) { continue }
            guard chosen.count < 2 else { throw .recipientAmbiguous(index: index) }
            guard let member = chosen.first,
                !found.contains(where: { $0.memberID == member.memberID })
            else { throw .recipientUnknown(index: index) }
            found.append(member)
        }
        if let wanted, Set(found.map(\.memberID)) != wanted { throw .recipientUnknown(index: 0) }
        return found
    }

    /// Whether the party of a sheet is this member, and it has not left.
    func fits(_ party: SheetParty, _ membership: Membership) -> Bool {
        membership.standing.status != .left && names(party, membership)
    }

    /// Whether the party of a sheet is this member, wherever it is now.
    func names(_ party: SheetParty, _ membership: Membership) -> Bool {
        let profile = membership.profile
        guard profile.organisationType.text.hasSameBytes(as: party.type.text) else { return false }
        if let number = party.officeNumber {
            return profile.officeNumbers.contains { $0.value.hasSameBytes(as: number) }
        }
        return profile.displayName.hasSameBytes(as: party.name)
            || profile.legalName.hasSameBytes(as: party.name)
    }
}

extension Membership {
    /// Whether `word` is its member id or one of its office numbers.
    package func isCalled(_ word: String) -> Bool {
        memberID.text.hasSameBytes(as: word)
            || profile.officeNumbers.contains { $0.value.hasSameBytes(as: word) }
    }
}
