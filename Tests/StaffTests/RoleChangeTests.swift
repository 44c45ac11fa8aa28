import Audit
import Primitives
import Testing

@testable import Staff

/// Roles are given and taken one act after the other, and the log says which.
struct RoleChangeTests {
    @Test
    func `two administrators at once do not take each other's place away`() async throws {
        let office = try await Office()
        let first = try await office.add("boss", [.administrator]).account
        let second = try await office.add("second", [.administrator]).account
        let desk = office.desk
        let other = Lock<Task<StaffRefusal?, Never>?>(nil)
        office.book.meanwhile {
            let task = Task { () -> StaffRefusal? in
                do throws(StaffRefusal) {
                    try await desk.setRoles([.auditor], of: second, by: Office.console)
                    return nil
                } catch { return error }
            }
            other.withLock { $0 = task }
            for _ in 0..<1000 { await Task.yield() }
        }
        try await desk.setRoles([.auditor], of: first, by: Office.console)
        let refusal = await other.withLock { $0 }?.value
        #expect(refusal == .some(.some(.lastAdministrator)))
        let lines = try await desk.list(by: Office.console)
        #expect(lines.filter { $0.roles.contains(.administrator) }.map(\.id) == [second])
    }

    @Test
    func `a change of roles says from what to what`() async throws {
        let change = RoleChange(from: [.sender, .author], to: [.auditor])
        #expect(change.text == "author, sender → auditor")
        let read = try #require(RoleChange(change.text))
        #expect(read.from == [.author, .sender] && read.to == [.auditor])
        for text in ["", "author", "author → boss", "author → sender → auditor", "author,→ sender"]
        {
            #expect(RoleChange(text) == nil, "\(text)")
        }
        let office = try await Office()
        let person = try await office.person("sato")
        try await office.desk.setRoles([.reader], of: person.account, by: Office.console)
        #expect(office.book.acts.last?.details == "sender → reader")
    }
}
