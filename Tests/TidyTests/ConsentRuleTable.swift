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
        2 | FlowTests/ConsentDeniedTests | a record about another person refuses, and that is
        2 | ConsentTests/ReceivedConsentTests | its own type or number must be named
        3 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        3 | ConsentTests/ConsentRegisterTests | a record that does not cover the delivery
        4 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        5 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        6 | PagesTests/TemplateTests | a template names all that a blanket consent must
        6 | PagesTests/TemplateTests | a blanket consent names the text that was explained
        6 | PagesTests/TemplateTests | a record that its template does not cover is refused
        6 | PagesTests/TemplateTests | a blanket consent without a template is not kept
        6 | ProgramTests/ConsentDeskTests | a blanket consent names its template
        7 | SheetsTests/ConsentSentenceTests | every form that prints a sentence prints what
        7 | FlowTests/ConsentDeniedTests | words that the form does not print are not sent
        7 | FlowTests/ConsentDeniedTests | a sentence about the family is not sent where the
        7 | FlowTests/ConsentDeniedTests | nobody's consent is claimed where there is none
        8 | FlowTests/SendingTests | a consent withdrawn before sending refuses
        8 | FlowTests/SendingTests | a consent withdrawn before the first attempt holds the message
        8 | ConsentTests/ReceivedConsentTests | a sheet signed after a withdrawal is refused
        8 | FlowTests/ConsentWithdrawalTests | who has sheets on a consent is told of its end
        8 | FlowTests/ConsentWithdrawalTests | a later sheet on that consent is refused by
        8 | FlowTests/ConsentWithdrawalTests | nobody ends the consent that another one took
        8 | FlowTests/ConsentWithdrawalTests | what has not come to anybody is taken back
        8 | FlowTests/ConsentWithdrawalTests | who cannot be told stays on the list until it is
        8 | PagesTests/ConsentPageTests | who has the person's sheets is named, is told, and
        9 | ConsentTests/ConsentRegisterTests | a record that does not cover the delivery
        9 | ConsentTests/ReceivedConsentTests | a partial withdrawal ends what it names
        9 | FlowTests/ConsentWithdrawalTests | of a part each is told what concerns it, and
        10 | ConsentTests/ConsentRegisterTests | what covers it still is enough
        11 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        11 | ConsentTests/ConsentRecordTests | a record that breaks its form is refused
        12 | SheetsTests/ConsentRuleTests | a rule of consent or direction finds exactly
        12 | FlowTests/EmergencyExceptionTests | the sending waits for the word of another
        12 | FlowTests/EmergencyExceptionTests | after three working days it is late
        12 | FlowTests/EmergencyExceptionTests | exceptions are counted by month, and what
        13 | ConsentTests/ConsentRegisterTests | a legal exception has no scope
        13 | SheetsTests/HeldPartTests | of a sheet on a legal exception nothing is given
        13 | GatewayTests/DisclosureReviewTests | what answers or corrects a hidden sheet is
        13 | PagesTests/DisclosurePageTests | a copy has what is the person's, and a second
        14 | SheetsTests/ExtractTests | what is left out is in no byte of an extract
        14 | SheetsTests/ExtractTests | an extract that is not what it says is no sheet
        14 | FlowTests/ExtractFlowTests | who gets an extract gets nothing else
        14 | FlowTests/ExtractFlowTests | an extract needs its consent as any sheet does
        14 | PagesTests/ExtractPageTests | one recipient gets the ticked fields
        15 | SheetsTests/FaxCopyTests | a suspicion of abuse is on no fax, and in the sheet
        15 | ProgramTests/NoticeTests | who asked for it hears how many came and where to
        15 | SheetsTests/HeldPartTests | what tells of others and of abuse is left out
        15 | SheetsTests/DischargeRuleTests | an undisclosed diagnosis stands on the sheet
        15 | PaperTests/PressTests | an undisclosed diagnosis stands on each page
        15 | PagesTests/FaxTests | an undisclosed diagnosis goes on no fax, and by post
        15 | SheetsTests/DischargeRuleTests | an undisclosed diagnosis is in no copy
        16 | FlowTests/ConsentFormTests | who relied on a consent reads its statement, and
        16 | FlowTests/ConsentFormTests | what is no scan is refused
        17 | PagesTests/ProvisionPageTests | both sides find one line for what arrived
        17 | PagesTests/ProvisionPageTests | showing and taking along are on record before
        17 | PagesTests/ProvisionPageTests | who reads no sheets gets neither page nor file
        18 | PagesTests/DisclosurePageTests | a copy has what is the person's, and a second
        18 | PagesTests/DisclosurePageTests | every copy and decision is on record, and nobody
        18 | PagesTests/DisclosurePageTests | what nobody has opened yet is in no copy
        18 | PagesTests/DisclosurePageTests | who sees the sheets of one desk alone makes no
        18 | SheetsTests/HeldPartTests | what tells of others and of abuse is left out
        18 | SheetsTests/HeldPartTests | who consented in place of the person is held back
        19 | GatewayTests/SmallCellsTests | small counts are not told
        19 | GatewayTests/SmallCellsTests | what is not told cannot be found by adding up
        19 | FlowTests/EmergencyExceptionTests | exceptions are counted by month, and what
        19 | not built | other statistics that leave
        20 | PagesTests/FaxTests | on a fax the name is half hidden wherever it stands
        20 | PagesTests/FaxTests | a number that the directory does not have is not dialled
        20 | PagesTests/FaxTests | the number on the cover confirms one arrival once
        20 | SheetsTests/FaxCopyTests | nothing on a fax says who the person is
        21 | PagesTests/ConsentChoiceTests | nothing is chosen where a consent is recorded
        21 | PagesTests/ConsentChoiceTests | what was not chosen is asked for, and nothing is
        21 | PagesTests/ConsentChoiceTests | nobody is taken to have withdrawn a consent who
        21 | PagesTests/ConsentChoiceTests | when and by whom it was taken stands where it is
        22 | FlowTests/ConsentLeavingTests | who has left sends nothing new, by gateway or on
        22 | FlowTests/ConsentLeavingTests | its records stay, and so does what others have
        22 | FlowTests/ConsentLeavingTests | to who has left nothing new goes, and what waited
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
