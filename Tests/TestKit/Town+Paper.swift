import Delivery
import Directory
import Exchange
package import Primitives

extension Town {
    /// A member without a gateway, with the telephone 06-0000-3001 and the fax 06-0000-3002.
    package func addOnPaper(_ place: World.Place) async throws -> MemberID {
        let paper = try await node.addMember(
            try Town.profile(of: place),
            connection: .paper,
            verifiedBy: "検証者"
        )
        let desk = DirectoryDesk(
            try required(DeskID("main")),
            name: "代表窓口",
            kind: try required(Department("none"))
        )
        var entry = DirectoryEntry(
            of: paper.member,
            number: 1,
            telephone: try required(TelephoneNumber("06-0000-3001")),
            desks: [desk],
            reviewedAt: time.now.dayInJapan
        )
        entry.fax = TelephoneNumber("06-0000-3002")
        try await node.enterOnPaper(entry)
        return paper.member
    }

    /// The member's entry without its fax number.
    package func dropFax(of member: MemberID) async throws {
        guard let known = node.view.member(member)?.entry else { return }
        var entry = known.following(on: time.now.dayInJapan)
        entry.fax = nil
        try await node.enterOnPaper(entry)
    }
}
