import Configuration

extension ConfigurationError: Spoken {
    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(ja: japaneseSummary, en: summary),
            Phrase(ja: japaneseAdvice, en: advice)
        )
    }

    private var japaneseSummary: String {
        switch reason {
        case .tooLarge: "\(place.file) は設定ファイルとしては大きすぎます。"
        case .syntax(let words): "\(place): TOML として読めません: \(words)"
        case .unknownSection(let name, _): "\(place): セクション [\(name)] はありません。"
        case .unknownKey(let name, _): "\(place): 設定項目 \(name) はありません。"
        case .unfit(let name, let form): "\(place): \(name) の値は\(japanese(form))です。"
        case .missing(let name): "\(place.file): \(name) がありません。"
        }
    }

    private var japaneseAdvice: String {
        switch reason {
        case .unknownSection(_, let nearest?): "もしかして: [\(nearest)]"
        case .unknownKey(_, let nearest?): "もしかして: \(nearest)"
        case .tooLarge, .syntax, .unknownSection, .unknownKey, .unfit, .missing:
            "ファイルを直してください。config show --effective で全項目を見られます。"
        }
    }

    private func japanese(_ form: SettingForm) -> String {
        switch form {
        case .text: "文字列"
        case .requiredText: "空でない文字列"
        case .texts: "文字列の並び"
        case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: "、") + " のいずれか"
        case .integer, .duration, .bytes, .rate, .bytesADay:
            form.range.map { "\($0.least) から \($0.most) まで" } ?? ""
        case .address: "\"127.0.0.1:8443\" のような宛先"
        case .addressOrNone: "\"127.0.0.1:8443\" のような宛先、または \"\""
        }
    }
}
