import HTTP
import Testing

@testable import Pages

struct HTMLTests {
    @Test func `text is escaped wherever it is put`() {
        let name = "<script>alert('x')</script> & \"k\"\u{0000}\u{001B}"
        let html: HTML = "<p title=\"\(name)\">\(name)</p>"
        let safe =
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;k&quot;\u{FFFD}\u{FFFD}"
        #expect(html.text == "<p title=\"\(safe)\">\(safe)</p>")
    }

    @Test func `markup inside markup is kept`() {
        let inner: HTML = "<b>\("A&B")</b>"
        let outer: HTML = "<p>\(inner)\([inner, inner])\(3)</p>"
        #expect(
            outer.text == "<p><b>A&amp;B</b><b>A&amp;B</b><b>A&amp;B</b>3</p>"
        )
    }

    @Test(arguments: ["髙﨑", "葛󠄀", "辻󠄁", "邊", "㋿", "𠮷", "ﾊﾝｶｸ"])
    func `names stay byte for byte`(name: String) {
        let html: HTML = "\(name)"
        #expect(Array(html.text.utf8) == Array(name.utf8))
    }
}

struct PostedFormTests {
    @Test func `a form is read in order, with blanks and line ends`() throws {
        let form = try PostedForm(Array("a=1+2&b=%E9%AB%99%0D%0Ax&a=&c".utf8))
        #expect(form["a"] == "1 2")
        #expect(form["b"] == "髙\nx")
        #expect(form.all("a") == ["1 2", ""])
        #expect(form["c"] == "")
        #expect(form["d"] == nil)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "%E9=1", "a=%ED%A0%80", "a=%FF"])
    func `what is no form is refused`(text: String) {
        #expect(throws: HTTPFailure.malformed) { try PostedForm(Array(text.utf8)) }
    }
}
