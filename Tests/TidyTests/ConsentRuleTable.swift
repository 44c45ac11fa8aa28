import Testing

/// Which tests show each rule of consent (C-1 to C-22, `Schemas/consent.md`) holding, and tried and
/// refused; and what of a rule is not built. The table is printed with every run.
@Suite struct ConsentRuleTable {
    /// Rule, file below `Tests`, and how the test's name begins; or what is not built.
    private static let table = """
        1 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        1 | FlowTests/SendingTests | without a consent record nothing is sent, and that is on record
        2 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        2 | ConsentTests/ConsentRegisterTests | a record that does not cover the delivery
        2 | ConsentTests/ReceivedConsentTests | its own type or number must be named
        3 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        3 | ConsentTests/ConsentRegisterTests | a record that does not cover the delivery
        4 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        5 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        6 | not built | templates of a blanket consent with versions
        7 | not built | what compares the printed sentence with the statement
        8 | FlowTests/SendingTests | a consent withdrawn before sending refuses
        8 | FlowTests/SendingTests | a consent withdrawn before the first attempt holds the message
        8 | ConsentTests/ReceivedConsentTests | a sheet signed after a withdrawal is refused
        8 | not built | the sheet consentWithdrawn to those who relied on a consent
        9 | ConsentTests/ConsentRegisterTests | a record that does not cover the delivery
        9 | ConsentTests/ReceivedConsentTests | a partial withdrawal ends what it names
        10 | ConsentTests/ConsentRegisterTests | what covers it still is enough
        11 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        11 | ConsentTests/ConsentRecordTests | a record that breaks its form is refused
        12 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        12 | FlowTests/EmergencyExceptionTests | the sending waits for the word of another
        12 | FlowTests/EmergencyExceptionTests | after three working days it is late
        12 | not built | statistics of exceptions
        13 | ConsentTests/ConsentRegisterTests | a legal exception has no scope
        13 | not built | views for patient and family, from which it is hidden
        14 | not built | separately signed extracts
        15 | not built | flags for an undisclosed diagnosis and for abuse
        16 | not built | the scanned form beside a record
        17 | PagesTests/ProvisionPageTests | both sides find one line for what arrived
        17 | PagesTests/ProvisionPageTests | showing and taking along are on record before
        17 | PagesTests/ProvisionPageTests | who reads no sheets gets neither page nor file
        18 | not built | disclosure of all sheets of one person
        19 | not built | statistics
        20 | not built | masked name and birth date on what is faxed
        21 | not built | a test that nothing is chosen beforehand
        22 | not built | a test of the consents of a member that has left
        """

    private struct Row {
        let rule: Int
        let file: String
        let name: String

        init(_ line: Substring) {
            let cells = line.split(separator: "|").map { $0.trimming(while: \.isWhitespace) }
            rule = Int(cells[0]) ?? 0
            file = cells[1]
            name = cells[2]
        }

        var isThere: Bool {
            file.hasPrefix("not built")
                || Tree.whole.text("Tests/\(file).swift").contains("func `\(name)")
        }
    }

    private static let rows = table.split(separator: "\n").map(Row.init)

    @Test func `every rule of consent has its row, and every test that is named is there`() {
        #expect(Set(Self.rows.map(\.rule)) == Set(1...22))
        for row in Self.rows {
            #expect(row.isThere, "C-\(row.rule): \(row.file) \(row.name)")
            print("consent: C-\(row.rule)  \(row.file): \(row.name)")
        }
    }

    @Test(arguments: [
        "1 | FlowTests/SendingTests | nothing of the kind", "1 | FlowTests/NoTests | without a",
    ])
    func `a test that is not there is missed`(line: String) {
        #expect(!Row(line[...]).isThere)
    }
}

extension Substring {
    fileprivate func trimming(while isLeftOut: (Character) -> Bool) -> String {
        String(drop(while: isLeftOut).reversed().drop(while: isLeftOut).reversed())
    }
}
