import Consent
import Japanese
import Primitives
import Sheets
import Staff

/// The form on which a consent is recorded. No box is ticked beforehand (C-21).
struct ConsentForm {
    let visit: Visit
    let typed: PostedForm
    /// 包括同意のひな形.
    var templates: [ConsentTemplate] = []

    var html: HTML {
        """
        <form method="post" action="\(visit.path("/consents"))">\(visit.onceToken)
        \(draft)
        \(line("fullName", "利用者（患者）の氏名", must: true))
        \(line("fullNameKana", "利用者のフリガナ", must: true))
        \(line("birthDate", "利用者の生年月日", must: true, hint: "例: S12.5.3、昭和12年5月3日"))
        \(line("insuredNumber", "被保険者番号（わかるとき）", must: false))
        \(line("giverName", "同意した方の氏名", must: true))
        <fieldset id="givenBy"><legend>どなたの同意ですか<span class="must">※必須</span></legend>
        \(Self.options("givenBy", "ConsentGiver", visit, chosen: typed["givenBy"]))</fieldset>
        \(menu("giverRelationship", "本人との続柄（代理のとき）", "Relationship"))
        \(menu("proxyReason", "代理の理由（代理のとき）", "ProxyReason"))
        \(menu("guardianKind", "後見の種類（後見人等のとき）", "GuardianKind"))
        \(line("guardianPower", "代理権の範囲（後見人等のとき）", must: false))
        <fieldset id="method"><legend>方法<span class="must">※必須</span></legend>
        \(Self.options("method", "ConsentMethod", visit, chosen: typed["method"]))</fieldset>
        \(templateMenu)
        \(line("validFrom", "同意を得た日", must: true, hint: "例: R8.4.1、令和8年4月1日"))
        \(line("explainedBy", "説明した職員の氏名", must: true))
        <fieldset id="purposes"><legend>目的<span class="must">※必須</span></legend>
        \(boxes("purposes", "ConsentPurpose"))</fieldset>
        <fieldset id="scopeOrgTypes"><legend>提供先の種類<span class="must">※必須</span></legend>
        \(boxes("scopeOrgTypes", "OrgType"))</fieldset>
        \(line("familyName", "同意した家族の氏名（家族の情報も提供するとき）", must: false))
        \(menu("familyRelationship", "家族の続柄", "Relationship"))
        <p><button class="main">同意を記録する</button></p></form>
        """
    }

    /// From which one comes.
    private var draft: HTML {
        guard let draft = typed["draft"] else { return .nothing }
        return "<input type=\"hidden\" name=\"draft\" value=\"\(draft)\">"
    }

    /// What is missing, each with a link to its field.
    var problems: [HTML] {
        var problems: [HTML] = []
        func need(_ name: String, _ words: String) {
            guard typed.all(name).allSatisfy(\.isEmpty) else { return }
            problems.append("<a href=\"#\(name)\">\(own: words)</a>")
        }
        need("fullName", "利用者の氏名を入力してください")
        need("fullNameKana", "利用者のフリガナを入力してください")
        if birthDay == nil {
            problems.append("<a href=\"#birthDate\">利用者の生年月日を入力してください（例: S12.5.3）</a>")
        }
        need("giverName", "同意した方の氏名を入力してください")
        need("givenBy", "どなたの同意かを選んでください")
        need("method", "方法を選んでください")
        problems += templateProblems
        need("explainedBy", "説明した職員の氏名を入力してください")
        need("purposes", "目的を選んでください")
        need("scopeOrgTypes", "提供先の種類を選んでください")
        if day == nil {
            problems.append("<a href=\"#validFrom\">同意を得た日を入力してください（例: R8.4.1）</a>")
        } else if let day, visit.today < day {
            problems.append("<a href=\"#validFrom\">同意を得た日が今日より後です</a>")
        }
        let family = (typed["familyName"] ?? "", typed["familyRelationship"] ?? "")
        if family.0.isEmpty != family.1.isEmpty {
            problems.append("<a href=\"#familyName\">家族の氏名と続柄を両方入力してください</a>")
        }
        return problems
    }

    private var birthDay: Day? { TypedDay(typed["birthDate"] ?? "")?.day }
    private var day: Day? { TypedDay(typed["validFrom"] ?? "")?.day }

    /// The record, nil without a day.
    var record: JSON? {
        guard let day else { return nil }
        func text(_ name: String) -> JSON? {
            typed[name].flatMap { $0.isEmpty ? nil : .string($0) }
        }
        func list(_ name: String) -> JSON { .array(typed.all(name).map { .string($0) }) }
        let isOwn = typed["givenBy"]?.hasSameBytes(as: "self") ?? false
        var family: JSON?
        if let name = text("familyName"), let relationship = text("familyRelationship") {
            family = [["name": name, "relationship": relationship, "on": .string(day.description)]]
        }
        return [
            "consentRecordId": .string(ConsentRecordID.make(visit.parts.random).text),
            "patientRef": [
                "fullName": text("fullName"),
                "fullNameKana": typed["fullNameKana"].map {
                    .string(DraftReading.katakana(Kana.widened($0)))
                },
                "birthDate": birthDay.map { .string($0.description) },
                "insuredNumber": typed["insuredNumber"].flatMap {
                    $0.isEmpty ? nil : .string(Width.narrowed($0))
                },
            ],
            "status": isOwn ? "obtained" : "obtainedFromProxy",
            "purposes": list("purposes"),
            "scopeOrgTypes": list("scopeOrgTypes"),
            "method": text("method"),
            "validFrom": .string(day.description),
            "givenBy": text("givenBy"),
            "giverName": text("giverName"),
            "giverRelationship": text("giverRelationship") ?? (isOwn ? "self" : nil),
            "proxyReason": text("proxyReason"),
            "guardianKind": text("guardianKind"),
            "guardianPower": text("guardianPower"),
            "explainedBy": text("explainedBy"),
            "explainedText": template?.reference,
            "recordedBy": .string(visit.session.displayName),
            "recordedAt": .string(visit.now.description),
            "familyMembersConsented": family,
        ]
    }

    // MARK: Template

    /// That was explained (C-6).
    private var template: ConsentTemplate? {
        typed["template"].flatMap { word in
            templates.first { Self.word($0).hasSameBytes(as: word) }
        }
    }

    private static func word(_ template: ConsentTemplate) -> String {
        "\(template.id.text).\(template.version)"
    }

    private var templateMenu: HTML {
        let items = templates.map { template -> HTML in
            let isChosen = typed["template"]?.hasSameBytes(as: Self.word(template)) ?? false
            return """
                <option value="\(Self.word(template))"\(HTML.when(isChosen, " selected"))>\
                \(ConsentWords.title(template.reference))</option>
                """
        }
        return """
            <div class="field"><label for="template">説明したひな形と版（契約時の包括同意のとき）</label>
            <div><select id="template" name="template"><option value="">（なし）</option>\
            \(items)</select></div></div>
            """
    }

    private var templateProblems: [HTML] {
        guard let template else {
            let isBlanket = typed["method"]?.hasSameBytes(as: "contractBlanket") ?? false
            guard isBlanket else { return [] }
            return ["<a href=\"#template\">契約時の包括同意では、説明したひな形と版を選んでください</a>"]
        }
        let purposes = typed.all("purposes").map { ConsentPurpose($0) }
        let types = typed.all("scopeOrgTypes").map { OrganisationType($0) }
        let isCovered =
            purposes.allSatisfy(template.purposes.contains)
            && types.allSatisfy(template.organisationTypes.contains)
            && (day.map { template.since <= $0 } ?? true)
        return isCovered
            ? [] : ["<a href=\"#template\">ひな形にない目的か提供先が選ばれているか、制定日より前の同意です</a>"]
    }

    // MARK: Fields

    static func options(_ name: String, _ list: String, _ visit: Visit, chosen: String?) -> HTML {
        // Nobody's consent is none.
        let choices = visit.catalogue.choices(of: list, on: visit.today).filter {
            !$0.code.hasSameBytes(as: "none")
        }
        let items = choices.map { choice -> HTML in
            let mark: HTML =
                chosen.map { $0.hasSameBytes(as: choice.code) } ?? false ? " checked" : .nothing
            return """
                <label class="choice"><input type="radio" name="\(name)" value="\(choice.code)" \
                required\(mark)>\(choice.label)</label>
                """
        }
        return "<div class=\"choices\">\(items)</div>"
    }

    private func boxes(_ name: String, _ list: String) -> HTML {
        let items = visit.catalogue.choices(of: list, on: visit.today).map { choice -> HTML in
            let isChosen = typed.all(name).contains { $0.hasSameBytes(as: choice.code) }
            let mark: HTML = isChosen ? " checked" : .nothing
            return """
                <label class="choice"><input type="checkbox" name="\(name)" \
                value="\(choice.code)"\(mark)>\(choice.label)</label>
                """
        }
        return "<div class=\"choices\">\(items)</div>"
    }

    private func menu(_ name: String, _ label: String, _ list: String) -> HTML {
        let items = visit.catalogue.choices(of: list, on: visit.today).map { choice -> HTML in
            let isChosen = typed[name]?.hasSameBytes(as: choice.code) ?? false
            let mark: HTML = isChosen ? " selected" : .nothing
            return "<option value=\"\(choice.code)\"\(mark)>\(choice.label)</option>"
        }
        return """
            <div class="field"><label for="\(name)">\(own: label)</label>
            <div><select id="\(name)" name="\(name)"><option value="">（なし）</option>\
            \(items)</select></div>
            </div>
            """
    }

    private func line(_ name: String, _ label: String, must: Bool, hint: String? = nil) -> HTML {
        let required: HTML = must ? " required" : .nothing
        let told: HTML =
            hint.map { "<span class=\"hint\" id=\"\(name)-hint\">\(own: $0)</span>" } ?? .nothing
        let described: HTML = hint == nil ? .nothing : " aria-describedby=\"\(name)-hint\""
        return """
            <div class="field"><label for="\(name)">\(own: label)\
            \(HTML.when(must, "<span class=\"must\">※必須</span>"))</label>\(told)
            <input type="text" id="\(name)" name="\(name)" value="\(typed[name] ?? "")"\
            \(required)\(described)></div>
            """
    }
}
