import Primitives

/// Directions (X1) and what the consent statement must cover for them (C-2, C-12).
struct DeliveryCheck {
    /// What is wrong, with the keyword that picks the sentence.
    struct Verdict {
        let pointer: JSONPointer
        let result: String
        let keyword: String
    }

    let rules: DeliveryRules
    let view: SheetView
    private(set) var verdicts: [Verdict] = []

    init(_ rules: DeliveryRules, _ view: SheetView) {
        self.rules = rules
        self.view = view
    }

    /// All breaks of the delivery rules in the sheet.
    static func verdicts(_ rules: DeliveryRules, _ view: SheetView) -> [Verdict] {
        var check = DeliveryCheck(rules, view)
        check.run()
        return check.verdicts
    }

    private mutating func run() {
        let sender = code("/sender/organization/type").map { OrganisationType($0) }
        var directions = sender.map { rules.applying(to: $0, view) } ?? rules.directions
        if directions.isEmpty {
            let isNamed = rules.directions.contains { sender.map($0.from.contains) ?? false }
            report("/sender/organization/type", "E-DIRECTION", isNamed ? "condition" : "from")
            directions = rules.directions
        } else if sender != nil {
            checkPurposes(directions)
        }
        for index in (view.json["recipients"]?.array ?? []).indices {
            checkRecipient(index, directions)
        }
        if status == .emergencyException,
            rules.emergencyException?.holds(in: view, at: JSONPointer()) ?? false == false
        {
            report("/consent/status", "E-CONSENT:C-12", "")
        }
    }

    private var status: ConsentStatus? { code("/consent/status").flatMap(ConsentStatus.init) }

    /// C-2 speaks of a consent that was given in some way; other states have rules of their own.
    private var isConsentGiven: Bool {
        switch status {
        case .obtained, .obtainedFromProxy, .implied, .emergencyException: true
        case .legalException, .notRequired, .pending, .refused, .withdrawn, nil: false
        }
    }

    private mutating func checkPurposes(_ directions: [DeliveryRules.Direction]) {
        let needed = directions.flatMap(\.purposes)
        guard isConsentGiven, !needed.isEmpty, let scope = codes("/consent/scopePurposes")
        else { return }
        let isCovered = needed.contains { purpose in
            scope.contains(ByteText(purpose.code.text))
                && purpose.condition.holds(in: view, at: JSONPointer()) != false
        }
        let types = (view.json["recipients"]?.array ?? []).indices.map { index in
            code("/recipients/\(index)/organization/type")
        }
        let asksRoom = types.contains { $0.map { OrganisationType($0) } == .consultationRoom }
        let coversRoom = scope.contains(ByteText(ConsentPurpose.consultation.text))
        if !isCovered || asksRoom && !coversRoom {
            report("/consent/scopePurposes", "E-CONSENT:C-2", "purpose")
        }
    }

    private mutating func checkRecipient(_ index: Int, _ directions: [DeliveryRules.Direction]) {
        let place = "/recipients/\(index)"
        guard let type = code(place + "/organization/type").map({ OrganisationType($0) })
        else { return }
        let isCopy = code(place + "/purpose").map { $0 == SheetParty.Purpose.cc.rawValue }
        if !directions.contains(where: { $0.to.contains(type) }) {
            let isCopyOnly =
                rules.copyOnlyIfNamed.contains(type)
                || directions.contains { $0.copyOnly.contains(type) }
            if !isCopyOnly {
                report(place + "/organization/type", "E-DIRECTION", "to")
            } else if isCopy == false {
                report(place + "/purpose", "E-DIRECTION", "copyOnly")
            }
        }
        checkScope(place, type)
    }

    private mutating func checkScope(_ place: String, _ type: OrganisationType) {
        guard isConsentGiven, let types = codes("/consent/scopeOrgTypes"),
            let numbers = codes("/consent/scopeOrgNos"), !types.isEmpty || !numbers.isEmpty
        else { return }
        let isNamed = types.contains(ByteText(type.text))
        let number = code(place + "/organization/officeNo")
        let isNumbered = number.map { numbers.contains(ByteText($0)) } ?? false
        if rules.copyOnlyIfNamed.contains(type) ? !isNamed : !isNamed && !isNumbered {
            report(place + "/organization", "E-CONSENT:C-2", "recipient")
        }
    }

    private mutating func report(_ pointer: String, _ result: String, _ keyword: String) {
        guard let pointer = JSONPointer(pointer) else { return }
        verdicts.append(Verdict(pointer: pointer, result: result, keyword: keyword))
    }

    /// A sound text; nil when it is absent or unsound.
    private func code(_ pointer: String) -> String? {
        guard let pointer = JSONPointer(pointer), !view.isUnsound(pointer) else { return nil }
        return view.json[pointer: pointer]?.string
    }

    /// The texts of an array, none when it is absent; nil when it is unsound.
    private func codes(_ pointer: String) -> Set<ByteText>? {
        guard let path = RulePath(pointer + "/*") else { return nil }
        let finding = view.find(path, from: JSONPointer())
        guard finding.unknown == 0 else { return nil }
        return Set(finding.values.compactMap(\.value.string).map { ByteText($0) })
    }
}
