import Japanese
import Testing

/// Whether two people have one family name, however it is written.
struct FamilyNameTests {
    @Test(arguments: [
        ("佐藤 花子", "佐藤　太郎", true),
        ("佐藤花子", "佐藤 太郎", true),
        ("佐藤 花子", "佐藤太郎", true),
        ("佐藤花子", "佐藤太郎", true),
        ("髙﨑 𠮷之助", "高崎 花子", true),
        ("辻󠄁本 春香", "辻本春夫", true),
        ("林 花子", "林太郎", true),
        ("佐藤 花子", "佐々木 花子", false),
        ("佐藤花子", "佐々木花子", false),
        ("林 花子", "小林 花子", false),
        ("佐 藤", "佐藤 太郎", false),
        ("", "佐藤 太郎", false),
        ("佐", "佐", false),
    ])
    func `it stands before the blank, or what can be told without one`(
        first: String,
        second: String,
        isShared: Bool
    ) {
        #expect(FamilyName.isShared(by: first, and: second) == isShared)
        #expect(FamilyName.isShared(by: second, and: first) == isShared)
    }
}
