import Primitives
import Staff

// Lines about accounts of staff (職員).
extension Words {
    /// One account in a list.
    func user(_ json: JSON) -> String {
        row(
            [
                json["user"]?.string ?? "-",
                userState(json["status"]?.string),
                json["name"]?.string ?? "-",
                label(.profession, json["profession"]?.string),
                roles(json),
                desks(json),
            ] + marks(json)
        )
    }

    /// All of one account.
    func shownUser(_ json: JSON) -> [String] {
        let facts: [(name: Phrase, value: String)] = [
            (Phrase(ja: "最後のサインイン", en: "last sign-in"), time(json["lastSignInAt"]?.string)),
            (Phrase(ja: "登録", en: "added"), time(json["createdAt"]?.string)),
            (Phrase(ja: "最後の見直し", en: "last review"), time(json["reviewedAt"]?.string)),
            (Phrase(ja: "パスキー", en: "passkeys"), "\(json["passkeys"]?.integer ?? 0)"),
            (
                Phrase(ja: "残っている予備コード", en: "spare codes left"),
                "\(json["spareCodes"]?.integer ?? 0)"
            ),
        ]
        let open = (json["open"]?.array ?? []).map { session in
            row([
                "  " + Phrase(ja: "サインイン中", en: "signed in").text(language),
                time(session["signedInAt"]?.string),
                Phrase(ja: "最後の操作", en: "last seen").text(language),
                time(session["seenAt"]?.string),
                session["address"]?.string ?? "-",
            ])
        }
        return [user(json)] + facts.map { "  \($0.name.text(language)): \($0.value)" } + open
    }

    /// What to do with a code that is shown once.
    func handed(_ json: JSON) -> Phrase {
        let until = time(json["until"]?.string)
        return switch json["use"]?.string.flatMap(GivenCodeUse.init(rawValue:)) {
        case .factor, .once:
            Phrase(
                ja: "このコードは一度だけ表示します（\(until) まで、1回だけ）。"
                    + "本人を確かめて渡し、確認コードの欄に入れてもらってください。",
                en: "Shown once, good until \(until), for one use. "
                    + "Make sure who it is; it goes where the six digits are asked for."
            )
        case .start, .password, nil:
            Phrase(
                ja: "このコードは一度だけ表示します（\(until) まで、1回だけ）。"
                    + "本人を確かめて渡し、パスワードの欄に入れてもらってください。",
                en: "Shown once, good until \(until), for one use. "
                    + "Make sure who it is; it goes where the password is asked for."
            )
        }
    }

    private func roles(_ json: JSON) -> String {
        let codes = (json["roles"]?.array ?? []).compactMap(\.string)
        guard !codes.isEmpty else { return "-" }
        guard language == .japanese else { return codes.joined(separator: ",") }
        return codes.map { StaffRole(rawValue: $0)?.japanese ?? $0 }.joined(separator: "・")
    }

    private func desks(_ json: JSON) -> String {
        let codes = (json["desks"]?.array ?? []).compactMap(\.string)
        return codes.isEmpty ? "-" : codes.joined(separator: ",")
    }

    private func marks(_ json: JSON) -> [String] {
        guard json["status"]?.string != "left" else { return [] }
        var marks: [Phrase] = []
        if json["hasSecondFactor"]?.bool != true {
            marks.append(Phrase(ja: "二要素は未設定", en: "no second factor yet"))
        }
        if let until = json["codeUntil"]?.string {
            marks.append(
                Phrase(ja: "渡したコードは \(time(until)) まで", en: "code until \(time(until))")
            )
        }
        if let open = json["sessions"]?.integer, open > 0 {
            marks.append(Phrase(ja: "サインイン中 \(open)", en: "signed in: \(open)"))
        }
        if json["reviewDue"]?.bool == true {
            marks.append(Phrase(ja: "見直しの時期です", en: "review due"))
        }
        return marks.map { $0.text(language) }
    }

    private func userState(_ code: String?) -> String {
        guard let code else { return "-" }
        guard language == .japanese else { return code }
        return switch Account.State(rawValue: code) {
        case .active: "在職"
        case .suspended: "停止中"
        case .left: "退職"
        case nil: code
        }
    }
}
