"""Pages ask for nothing from outside, run nothing but the search, and need no script."""

from pathlib import Path

from dashboards.site import write_site
from tests.browser.chromium import tab
from tests.releases import edition_of

SEARCH = "#search"


def test_pages_ask_for_files_of_the_site_only_and_the_console_stays_silent(audit):
    assert audit.asked_or_complained() == {}


def test_without_scripts_every_page_says_the_same(browser, pages):
    with tab(browser) as scripted, tab(browser, java_script_enabled=False) as plain:
        for page in pages:
            said = []
            for one in (scripted, plain):
                one.open(page.file)
                if page.file.name == "index.html":
                    one.page.evaluate(f"document.querySelector('{SEARCH}')?.remove()")
                said.append(one.probe("lines"))

            assert said[0] == said[1], page
            assert len(said[1]) > 10, page


def test_without_scripts_the_spanish_of_a_card_opens(browser, sites):
    with tab(browser, java_script_enabled=False) as one:
        one.open(sites["plenty"] / "county/56025.html")
        spanish = one.page.locator("details div[lang=es]").first
        assert not spanish.is_visible()

        one.page.locator("summary").first.click()

        assert spanish.is_visible()


def test_the_search_finds_a_county_by_its_name_from_a_folder(browser, sites):
    with tab(browser) as one:
        one.open(sites["plenty"] / "index.html")
        one.page.get_by_role("searchbox").fill("Niobrara")
        one.page.get_by_role("link", name="Niobrara County").first.click()
        one.page.wait_for_load_state()

        assert one.page.locator("h1").inner_text() == "Niobrara County, Wyoming"
        lost = [url for url in one.asked if url not in one.got]
        assert all("/search/" in url for url in lost)  # no town begins with these letters
        assert len(one.problems) == len(lost)


def test_a_page_that_was_tampered_with_still_runs_and_fetches_nothing(browser, tmp_path):
    write_site(edition_of("plenty", tmp_path), tmp_path / "site")
    page = tmp_path / "site/county/56025.html"
    planted = (
        "<script>document.title = 'run'</script>"
        "<img src=../x.png onerror=\"document.title='ran'\">"
        "<link rel=stylesheet href=../y.css><style>body{display:none}</style>"
        "<form action=https://example.org/><button>Send</button></form>"
    )
    page.write_text(page.read_text().replace("<main", f"{planted}<main", 1))

    with tab(browser) as one:
        one.open(Path(page))
        title, display = one.page.evaluate(
            "[document.title, getComputedStyle(document.body).display]"
        )

        assert title.startswith("Natrona County")
        assert display == "block"
        assert len(one.got) == 1
        assert sum("Content Security Policy" in line for line in one.problems) >= 4
