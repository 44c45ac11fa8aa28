import Staff
import Testing

struct RoleTests {
    /// The table of rights as people read it: act, then author, sender, reader, desk lead,
    /// administrator, auditor, operator.
    static let table = """
        draft            ● ● - ● - - -
        send             - ● - ● - - -
        reply            - ● - ● - - -
        withdraw         - ● - ● - - -
        readSheets       ● ● ● ● - - -
        printSheets      ● ● ● ● - - -
        confirm          ● ● - ● - - -
        emergencyAccess  - ● ● ● - - -
        reviewEmergency  - - - ● - - -
        assign           - - - ● - - -
        setDeskHours     - - - ● - - -
        recordConsent    ● ● - ● - - -
        withdrawConsent  - ● - ● - - -
        disclose         - ● - ● - - -
        releaseHeldBack  - - - ● - - -
        manageStaff      - - - - ● - -
        manageKeys       - - - - ● - -
        manageTemplates  - - - - ● - -
        seeOwnEntries    ● ● ● - - - -
        seeDeskEntries   - - - ● - - -
        seeStaffEntries  - - - - ● - -
        seeAllEntries    - - - - - ● -
        seeStatus        - - - - ● ● ●
        """

    @Test
    func `each role has exactly the rights of the table`() throws {
        let lines = Self.table.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.map { String($0[0]) } == StaffRight.allCases.map(\.rawValue))
        for line in lines {
            let right = try #require(StaffRight(rawValue: String(line[0])))
            for (role, cell) in zip(StaffRole.allCases, line.dropFirst()) {
                #expect(role.rights.contains(right) == (cell == "●"), "\(role) \(right)")
            }
            #expect(line.count == 8)
        }
    }
}
