import Configuration
import Primitives
import Sheets

extension Command {
    /// `gateway consent …` and `gateway template …`: what sheets go out on.
    static let consents: [Command] = [
        consentAdd, consentList, consentWithdraw, consentForm, templateAdd, templateList,
    ]

    private static let consentAdd = Command(
        ["gateway", "consent", "add"],
        (
            Phrase(ja: "同意を記録する", en: "record a consent"),
            Example(
                "gateway consent add 同意.json --template 包括同意書 --as 辻本 --role careManager",
                Phrase(
                    ja: "JSON の同意記録を、説明したひな形とともに保管する",
                    en: "keeps a consent record, with the text that was explained"
                )
            )
        ),
        arguments: [.recordFile],
        options: [.data, .unlockFile, .organisation, .agent, .role, .template, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let record = try readJSON(invocation.text(.recordFile))
        let answer = try await place.ask(
            ControlCall("consent.add", try acting(invocation, place), files: [record])
        )
        let id = answer.json["consentRecordId"]?.string ?? ""
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "同意を記録しました（\(id)）。", en: "The consent is recorded (\(id)).")
        )
        return .done
    }

    private static let consentForm = Command(
        ["gateway", "consent", "form"],
        (
            Phrase(ja: "署名済みの同意書の用紙を保管する・取り出す", en: "keep the signed form of a consent, or get it"),
            Example(
                "gateway consent form \(Example.message) --scan 同意書.pdf --as 辻本 --role careManager",
                Phrase(
                    ja: "取り出すときは --scan の代わりに -o ファイル。ほかの機関には渡らない",
                    en: "with -o FILE in place of --scan it is got; no other organisation gets it"
                )
            )
        ),
        arguments: [.record],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .scan, .output, .force, .json,
        ]
    ) { invocation, console in
        guard invocation.has(.scan) != invocation.has(.output) else {
            throw UsageError.argumentMissing("--scan FILE", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["record": .string(invocation.text(.record))]
        guard let scan = invocation.text(.scan) else {
            let file = try ResultFile(invocation)
            let call = ControlCall("consent.form", try place.acting(members))
            try file.write(try await place.ask(call).files.first ?? [])
            return .done
        }
        let bytes = try Files.read(scan, atMost: Limits.consentFormBytes)
        let answer = try await place.ask(
            ControlCall("consent.form.keep", try place.acting(members), files: [bytes])
        )
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "同意書の用紙を保管しました。", en: "The form is kept.")
        )
        return .done
    }

    private static let consentList = Command(
        ["gateway", "consent", "list"],
        (
            Phrase(ja: "同意記録の一覧", en: "list consent records"),
            Example("gateway consent list", Phrase(ja: "番号、状態、期間", en: "id, status, period"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall("consent.list", place.asking())).json
        let words = Words(language: console.language)
        let items = json["items"]?.array ?? []
        if invocation.has(.json) {
            console.data(json)
        } else if items.isEmpty {
            console.nothing()
        } else {
            for item in items { console.data(words.consent(item)) }
        }
        return .done
    }

    private static let consentWithdraw = Command(
        ["gateway", "consent", "withdraw"],
        (
            Phrase(ja: "同意の撤回を記録する", en: "record a withdrawal"),
            Example(
                "gateway consent withdraw \(Example.record) --as 辻本 --role careManager",
                Phrase(ja: "以後は送られない", en: "nothing is sent on it from now on")
            )
        ),
        arguments: [.record],
        options: [.data, .unlockFile, .organisation, .agent, .role, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["record": .string(invocation.text(.record))]
        let answer = try await place.ask(
            ControlCall("consent.withdraw", try place.acting(members))
        )
        console.done(
            invocation,
            answer.json,
            Phrase(
                ja: "撤回を記録しました。この同意ではもう送られません。",
                en: "The withdrawal is recorded. Nothing is sent on this consent any more."
            )
        )
        return .done
    }

    private static let templateAdd = Command(
        ["gateway", "template", "add"],
        (
            Phrase(ja: "包括同意のひな形を保管する", en: "keep a template of a blanket consent"),
            Example(
                "gateway template add ひな形.json --as 辻本 --role careManager",
                Phrase(
                    ja: "目的、提供先の種類、情報の種類、撤回の説明、制定日のある JSON",
                    en: "JSON with purposes, kinds of organisations, information, withdrawal, day"
                )
            )
        ),
        arguments: [.templateFile],
        options: [.data, .unlockFile, .organisation, .agent, .role, .newVersionOf, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let file = try readJSON(invocation.text(.templateFile))
        let answer = try await place.ask(
            ControlCall("template.add", try acting(invocation, place), files: [file])
        )
        let label = answer.json["template"]?.string ?? ""
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "ひな形を保管しました（\(label)）。", en: "The template is kept (\(label)).")
        )
        return .done
    }

    private static let templateList = Command(
        ["gateway", "template", "list"],
        (
            Phrase(ja: "包括同意のひな形の一覧", en: "list templates of blanket consents"),
            Example("gateway template list", Phrase(ja: "番号と版、名称、制定日", en: "id, name, day"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall("template.list", place.asking())).json
        let words = Words(language: console.language)
        let items = json["items"]?.array ?? []
        if invocation.has(.json) {
            console.data(json)
        } else if items.isEmpty {
            console.nothing()
        } else {
            for item in items { console.data(words.template(item)) }
        }
        return .done
    }

    private static func acting(_ invocation: Invocation, _ place: Place) throws -> JSON {
        try place.acting(["template": invocation.text(.template).map { .string($0) }])
    }

    private static func readJSON(_ path: String) throws -> [UInt8] {
        let bytes = try Files.read(path, atMost: Limits.statementBytes)
        do throws(DecodingRefusal) { _ = try JSON(reading: bytes) } catch {
            throw SheetFault(path, bytes, error)
        }
        return bytes
    }
}

extension Argument {
    fileprivate static let recordFile = Argument(
        "FILE",
        Phrase(ja: "同意記録の JSON", en: "consent record as JSON"),
        form: .file
    )
    fileprivate static let record = Argument(
        "ID",
        Phrase(ja: "同意記録の番号", en: "id of the consent record"),
        form: .of { ConsentRecordID($0) }
    )
    fileprivate static let templateFile = Argument(
        "FILE",
        Phrase(ja: "ひな形の JSON", en: "template as JSON"),
        form: .file
    )
}

extension Option {
    fileprivate static let template = Option(
        "template",
        "T",
        Phrase(
            ja: "説明したひな形の名称か番号（契約時の包括同意では必須）",
            en: "template that was explained, by name or id; a blanket consent needs one"
        )
    )
    fileprivate static let newVersionOf = Option(
        "template",
        "T",
        Phrase(ja: "このひな形の新しい版にする", en: "as a new version of this one")
    )
}

extension Option {
    fileprivate static let scan = Option(
        "scan",
        "FILE",
        Phrase(ja: "読み取った用紙（PDF・JPEG・PNG、4 MiB まで）", en: "the scan: PDF, JPEG or PNG, up to 4 MiB"),
        form: .file
    )
}
