import Configuration
import Paper
import Primitives

extension Command {
    static let inboxPrint = Command(
        ["inbox", "print"],
        (
            Phrase(ja: "届いたシートを A4 の PDF にする", en: "print a received sheet as PDF"),
            Example(
                "inbox print \(Example.message) -o シート.pdf --as 潮見 --role msw",
                Phrase(ja: "様式のまま。印刷の記録が残る", en: "as its form; the act is on record")
            )
        ),
        arguments: [.message],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .desk, .output, .force,
        ]
    ) { invocation, console in
        let file = try ResultFile(invocation)
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "actingDesk": invocation.text(.desk).map { .string($0) },
        ]
        let call = ControlCall("inbox.print", try place.acting(members))
        let answer = try await place.ask(call)
        try await draw(answer, file)
        if let newest = answer.json["newest"]?.string {
            console.talk(
                Phrase(
                    ja: "注意: これは旧版です。新しい版は inbox print \(newest) で印刷できます。",
                    en: "note: an old version; print the newest with inbox print \(newest)."
                )
            )
        }
        console.talk(Phrase(ja: "\(file.path) に書き出しました。", en: "Wrote \(file.path)."))
        return .done
    }

    static let certificate = Command(
        ["certificate"],
        (
            Phrase(ja: "到着証明書を A4 の PDF にする", en: "print a certificate of delivery as PDF"),
            Example(
                "certificate \(Example.message) -o 到着証明書.pdf",
                Phrase(ja: "本文も氏名も載らない", en: "without content and patient")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .organisation, .recipient, .output, .force]
    ) { invocation, console in
        let file = try ResultFile(invocation)
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "to": invocation.text(.recipient).map { .string($0) },
        ]
        let answer = try await place.ask(ControlCall("certificate", place.asking(members)))
        try await draw(answer, file)
        console.talk(Phrase(ja: "\(file.path) に書き出しました。", en: "Wrote \(file.path)."))
        return .done
    }

    private static func draw(
        _ answer: ControlAnswer,
        _ file: ResultFile
    ) async throws {
        let pdf = try await PaperWorker().pdf(PaperJob(reading: answer.files.first ?? []))
        try file.write(pdf)
    }
}
